const UTF_16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
/** Of a zip archive, which an Excel workbook is. */
const ARCHIVE = Buffer.from('PK\x03\x04');
const HOW_TO_SAVE = 'save it as “CSV UTF-8 (Comma delimited)”';

/** What is said of a line that is not UTF-8: in the code page of Korea, Excel saves what it calls “CSV (Comma delimited)”. */
export const UTF8_EXPECTED = `text in UTF-8; this is another encoding, such as CP949 (EUC-KR): ${HOW_TO_SAVE}`;

/**
 * What a file is that spreadsheets save under the name of a text with commas, and that is none.
 *
 * @param firstLine of the file, as it came
 * @returns what was expected and found, for people; `undefined` when nothing of the kind is to be seen
 */
export function foreignFormOf(firstLine: Buffer): string | undefined {
  if (firstLine.subarray(0, ARCHIVE.length).equals(ARCHIVE)) {
    return `text in UTF-8; this is an Excel workbook or another archive: ${HOW_TO_SAVE}`;
  }
  if (UTF_16_MARKS.some((mark) => firstLine.subarray(0, mark.length).equals(mark)) || firstLine.includes(0)) {
    return `text in UTF-8; this is UTF-16, as Excel saves “Unicode Text”: ${HOW_TO_SAVE}`;
  }
  if (firstLine.includes(',')) return undefined;
  const separator = [';', '\t'].find((one) => firstLine.includes(one));
  if (separator === undefined) return undefined;
  const found = separator === ';' ? 'semicolons' : 'tabs';
  return `columns separated by commas; here they are by ${found}: ${HOW_TO_SAVE}, where the list separator of the system is a comma`;
}
