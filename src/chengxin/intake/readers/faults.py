"""Refusals of a whole file: what was met, where, and what to do. Never what a cell holds."""

from __future__ import annotations

import re

from chengxin.rules.errors import Refusal

_DIGITS = re.compile(r"\d{6,}")


def named(heading: str) -> str:
    """Return a heading or file name as it may be repeated: no runs of digits, for they may be data."""
    return _DIGITS.sub("…", heading)[:40]


class FileRefused(Refusal):
    """A file that cannot be read safely and completely; nothing of it was stored."""

    code = "file"


class FileTooLarge(FileRefused):
    """More bytes, unpacked bytes, members or cells than the limits allow."""

    code = "file.too_large"


class FileEmpty(FileRefused):
    """No bytes, or a heading and no rows."""

    code = "file.empty"


class FileKindUnknown(FileRefused):
    """By its content the file is none of the kinds that are read here."""

    code = "file.kind"


class FileEncrypted(FileRefused):
    """A workbook with an opening password."""

    code = "file.encrypted"


class FileDamaged(FileRefused):
    """A file that is cut off or broken inside."""

    code = "file.damaged"


class EncodingUnknown(FileRefused):
    """Text that is neither UTF-8, UTF-16 nor GB18030."""

    code = "file.encoding"


class CellTooLong(FileRefused):
    """One cell longer than any layout could allow; usually a quotation mark that was never closed."""

    code = "file.cell_too_long"


class DigitsLost(FileRefused):
    """A long number kept by the spreadsheet as a number, so that its last digits are gone."""

    code = "file.digits_lost"


def too_large(limit_mib: int) -> FileTooLarge:
    """Say that the file is larger than the limit in MiB."""
    return FileTooLarge(
        f"文件超过 {limit_mib} MB，未接收。请拆成几个文件分别报送。",
        f"The file is larger than {limit_mib} MB and was not taken. Split it into several files.",
        limit_mib=limit_mib,
    )


def empty() -> FileEmpty:
    """Say that there is nothing in the file."""
    return FileEmpty(
        "文件是空的，没有任何内容。请确认已保存后重新选择文件。",
        "The file is empty. Make sure that it was saved, then choose it again.",
    )


def header_only() -> FileEmpty:
    """Say that there is a heading and nothing under it."""
    return FileEmpty(
        "文件只有表头，没有数据行。请填写至少一行后重报。",
        "The file has a heading row and no data. Fill in at least one row and send it again.",
    )


def cut_off(line: int) -> FileDamaged:
    """Say that the last line is not whole."""
    return FileDamaged(
        f"文件在第 {line} 行中断，可能没有传完或没有存完。请重新导出完整文件后再报；已入库的内容不受影响。",
        f"The file breaks off at line {line}; it may not have been saved or sent completely. "
        "Export it again; nothing that was admitted before is affected.",
        line=line,
    )


def quotes(line: int) -> FileDamaged:
    """Say that a quotation mark was opened or closed in the wrong place."""
    return FileDamaged(
        f"从第 {line} 行开始的一行引号不成对，无法分辨单元格。请补上缺少的引号，或用表格软件重新导出 CSV。",
        f"The quotation marks of the row beginning at line {line} do not pair. Add the missing one, "
        "or export the CSV again.",
        line=line,
    )


def null_bytes(line: int) -> FileDamaged:
    """Say that there are NUL bytes, which no text holds."""
    return FileDamaged(
        f"第 {line} 行含有空字节（NUL），文件可能损坏。请用表格软件重新导出 CSV（UTF-8 或 GB18030）。",
        f"Line {line} holds NUL bytes; the file may be damaged. Export it again as CSV in UTF-8 or GB18030.",
        line=line,
    )


def encoding(line: int) -> EncodingUnknown:
    """Say at which line the text cannot be decoded."""
    return EncodingUnknown(
        f"第 {line} 行的文字无法识别：既不是 UTF-8，也不是 GB18030。请在表格软件中“另存为 CSV UTF-8”后重报。",
        f"The text of line {line} is neither UTF-8 nor GB18030. Save the file as “CSV UTF-8” and send it again.",
        line=line,
    )


def cell_too_long(row: int) -> CellTooLong:
    """Say in which row a cell is longer than the limit."""
    return CellTooLong(
        f"第 {row} 行有一个单元格超过 100 万字符，文件未接收。多半是引号没有成对；请检查这一行后重报。",
        f"A cell in row {row} is longer than one million characters; the file was not taken. "
        "Most likely a quotation mark is missing; check that row.",
        row=row,
    )


def unknown_kind() -> FileKindUnknown:
    """Say that the content is not of a kind that is read here."""
    return FileKindUnknown(
        "按内容判断，这不是 CSV、XLSX、XLS、JSON，也不是装有这些文件的 ZIP。"
        "请另存为 .xlsx 或 CSV 后重报（改扩展名不起作用）。",
        "By its content this is not CSV, XLSX, XLS, JSON or a ZIP file of those. Save it as .xlsx or CSV; "
        "renaming it does not help.",
    )


def encrypted() -> FileEncrypted:
    """Say that the file is locked with a password."""
    return FileEncrypted(
        "文件设有打开密码，无法读取。请取消密码后重新保存，再报。",
        "The file has an opening password and cannot be read. Remove the password, save it again and resend it.",
    )


def unsafe_archive(zh: str, en: str) -> FileTooLarge:
    """Say that the parts of a workbook are more or larger than a table needs."""
    return FileTooLarge(
        f"工作簿{zh}，未打开。请只保留数据表，另存为新的 .xlsx，或改用 CSV。",
        f"The workbook {en} and was not opened. Keep the data sheet only, save it as a new .xlsx, or use CSV.",
    )


def broken_workbook() -> FileDamaged:
    """Say that the workbook cannot be opened."""
    return FileDamaged(
        "工作簿已损坏或没有传完，无法打开。请在表格软件中打开并重新保存后再报。",
        "The workbook is damaged or incomplete. Open it in a spreadsheet programme, save it again and resend it.",
    )


def digits_lost(row: int, column: int) -> DigitsLost:
    """Say which cell holds a long number as a number."""
    return DigitsLost(
        f"第 {row} 行第 {column} 列是以数字格式保存的长号码，表格软件只保留前 15 位，末几位已丢失。"
        "请把该列设为文本格式，重新填写号码后再报。",
        f"Row {row}, column {column} holds a long number in number format; the programme keeps 15 digits only and the "
        "rest is lost. Set the column to text format and enter the numbers again.",
        row=row,
        column=column,
    )


class JsonBroken(FileRefused):
    """JSON that is not what a table can be made of, or that two programs could read in two ways."""

    code = "file.json"


def json_shape() -> JsonBroken:
    """Say which shapes of JSON are read."""
    return JsonBroken(
        'JSON 的结构不对：应为对象数组、{"rows": […]}，或每行一个对象。请按接口说明改正后重报。',
        'The JSON has another shape than an array of objects, {"rows": […]}, or one object per line. '
        "Correct it by the interface description and send it again.",
    )


def json_row(row: int, zh: str, en: str, key: str = "") -> JsonBroken:
    """Say what is wrong in one object, counted from 1, and under which key; never its value."""
    where_zh, where_en = (f"，键“{named(key)}”", f", key “{named(key)}”") if key else ("", "")
    return JsonBroken(
        f"第 {row} 个对象{where_zh}：{zh}。请改正后重报；全文未接收。",
        f"Object {row}{where_en}: {en}. Correct it and send the file again; nothing of it was taken.",
        row=row,
        key=named(key),
    )


def unsafe_bundle(zh: str, en: str) -> FileTooLarge:
    """Say that a ZIP file holds more than is unpacked here."""
    return FileTooLarge(
        f"压缩包{zh}，未打开。请解压后分别报送其中的文件。",
        f"The ZIP file {en} and was not opened. Unpack it and send its files one by one.",
    )


def broken_bundle() -> FileDamaged:
    """Say that a ZIP file, or a file in it, cannot be unpacked."""
    return FileDamaged(
        "压缩包已损坏或没有传完，无法解压。请重新压缩后再报，或直接报送其中的文件。",
        "The ZIP file is damaged or incomplete. Pack it again, or send its files as they are.",
    )


def nested() -> FileKindUnknown:
    """Say that a ZIP file stands where one table is read."""
    return FileKindUnknown(
        "压缩包里还有压缩包，内层未打开。请解开内层，把表格文件直接放进一个 ZIP 再报。",
        "There is an archive inside the archive and it was not opened. Put the tables directly into one ZIP file.",
    )


def empty_bundle() -> FileEmpty:
    """Say that a ZIP file holds no file."""
    return FileEmpty(
        "压缩包里没有文件。请把要报送的表格放进去后重报。",
        "There is no file in the ZIP file. Put the tables into it and send it again.",
    )
