from micrograd_like.worksheet.records import Place as Place
from micrograd_like.worksheet.records import Statement as Statement
from micrograd_like.worksheet.sheet import Worksheet as Worksheet
