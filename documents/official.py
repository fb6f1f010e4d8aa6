"""Measures of an official document that its formats share (Nghị định 30/2020/NĐ-CP, Phụ lục I), in millimetres.

The PDF's own frame is templates/official.typ; tests measure the pages of both.
"""

PAGE_MM = (210, 297)
# "Margins: top and bottom 20–25 mm, left 30–35, right 15–20."
MARGIN_TOP_MM = 20
MARGIN_BOTTOM_MM = 20
MARGIN_LEFT_MM = 30
MARGIN_RIGHT_MM = 15
TEXT_WIDTH_MM = PAGE_MM[0] - MARGIN_LEFT_MM - MARGIN_RIGHT_MM
FIRST_LINE_MM = 10

LETTERHEAD_WIDTHS_MM = (65, 100)
CLOSING_WIDTHS_MM = (85, 80)
# Number, name, address, category, what was not done, count, days: "5.000" and "30/11/2021" fit on one line at 12 pt.
LIST_WIDTHS_MM = (12, 36, 37, 22, 21.5, 14, 22.5)
SUMMARY_WIDTHS_MM = (55.5, 27, 55.5, 27)
CELL_INSET_MM = 1.0
