"""How large an uploaded file and its parts may be; beyond these a file is refused before it can do harm."""

from __future__ import annotations

MIB = 1024 * 1024

# A million penalties with all their columns are some 500 MiB.
FILE_BYTES = 768 * MIB
WORKBOOK_BYTES = 64 * MIB
# A workbook of 100,000 ordinary rows unpacks to about 60 MiB; a 400 kB file can be made that unpacks to gigabytes.
UNPACKED_BYTES = 256 * MIB
UNPACKED_RATIO = 100
MEMBERS = 200
CELL_CHARACTERS = MIB
COLUMNS = 400
# The rectangle that the used cells span: one cell in the last corner of a sheet would claim seventeen thousand million.
SHEET_CELLS = 40_000_000
# An old workbook is opened whole, every sheet of it; an ordinary one of 65,536 rows and 60 columns still fits.
OLD_WORKBOOK_CELLS = 8_000_000
# One object of a JSON file, in characters; the widest row of any layout is far below it.
OBJECT_CHARACTERS = 4 * MIB
JSON_DEPTH = 32
# Files in one ZIP file, and what all of them may unpack to.
BUNDLE_FILES = 100
BUNDLE_BYTES = 1024 * MIB
BUNDLE_LEAST = 8 * MIB
