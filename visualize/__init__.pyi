from visualize.draw import draw_dot as draw_dot
from visualize.draw import render as render
from visualize.draw import svg as svg
from visualize.html_page import page as page
from visualize.layout import DrawingError as DrawingError
from visualize.notebook import show as show
from visualize.page_class import class_page as class_page
from visualize.snapshot import TooLargeError as TooLargeError
