from micrograd_like.marking.assignment import Assignment as Assignment
from micrograd_like.marking.many import check_many as check_many
from micrograd_like.marking.many import check_text as check_text
from micrograd_like.marking.records import Report as Report
from micrograd_like.marking.whole import check as check
