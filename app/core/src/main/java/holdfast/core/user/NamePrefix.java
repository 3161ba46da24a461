package holdfast.core.user;

/** The beginning of a name, as a range of names in code-point order. */
record NamePrefix(String text) {

  private static final int LONGEST_NAME = 100;
  private static final String HIGHEST = Character.toString(Character.MAX_CODE_POINT);

  int length() {
    return text.codePointCount(0, text.length());
  }

  /** The first characters of the prefix. The search indexes begin with one or three of them. */
  String head(int characters) {
    return text.substring(0, text.offsetByCodePoints(0, characters));
  }

  /** The lowest name with this prefix. */
  String from() {
    return text;
  }

  /**
   * An upper bound of all names with this prefix. The bound is longer than any name. Names that
   * sort after those with the prefix are above the bound.
   */
  String below() {
    return text + HIGHEST.repeat(LONGEST_NAME + 1 - length());
  }
}
