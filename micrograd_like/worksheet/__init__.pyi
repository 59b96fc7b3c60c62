from micrograd_like.worksheet.sheet import Statement as Statement
from micrograd_like.worksheet.sheet import Worksheet as Worksheet
