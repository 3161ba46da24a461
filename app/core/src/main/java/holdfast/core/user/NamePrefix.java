package holdfast.core.user;

/** What a name begins with, as a range of names in code-point order. */
record NamePrefix(String text) {

  private static final int LONGEST_NAME = 100;
  private static final String HIGHEST = Character.toString(Character.MAX_CODE_POINT);

  int length() {
    return text.codePointCount(0, text.length());
  }

  /** Its first characters: what an index begins with. */
  String head(int characters) {
    return text.substring(0, text.offsetByCodePoints(0, characters));
  }

  /** The lowest name that begins so. */
  String from() {
    return text;
  }

  /** Above every name that begins so, since none is as long; below every other that follows. */
  String below() {
    return text + HIGHEST.repeat(LONGEST_NAME + 1 - length());
  }
}
