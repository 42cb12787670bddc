package org.nbdcore.plugin.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/** Reads the language that nbdkit-data-plugin(1) describes. */
final class Parser {

  /** A variable may be used in another, but not in itself. */
  private static final int DEEPEST = 200;

  private final TextCursor in;
  private final NameScope scope;
  private final Function<String, byte[]> variables;
  private final int depth;
  private final List<SequenceExpression.Step> steps = new ArrayList<>();

  /** What was read last and a repetition, a slice or a name may still follow; or null. */
  private Expression last;

  private SourcePosition lastPlace;

  private Parser(TextCursor in, NameScope scope, Function<String, byte[]> variables, int depth) {
    this.in = in;
    this.scope = scope;
    this.variables = variables;
    this.depth = depth;
  }

  /**
   * Reads a whole disk.
   *
   * @param variables the text of a variable, or null if there is none
   */
  static Expression parse(String source, byte[] text, Function<String, byte[]> variables)
      throws ConfigException {
    TextCursor in = new TextCursor(source, text);
    Expression all = new Parser(in, new NameScope(null), variables, 0).group();
    if (!in.atEnd()) {
      throw in.place().error("this ')' has no '('");
    }
    return all;
  }

  private Expression nested(TextCursor nestedIn, SourcePosition place) throws ConfigException {
    if (depth == DEEPEST) {
      throw place.error("more than " + DEEPEST + " levels deep");
    }
    return new Parser(nestedIn, new NameScope(scope), variables, depth + 1).group();
  }

  /** Reads to the end, or to a closing parenthesis, which stays. */
  private Expression group() throws ConfigException {
    in.skipSpace();
    while (!in.atEnd() && in.peek() != ')') {
      item();
      in.skipSpace();
    }
    settle();
    return new SequenceExpression(steps);
  }

  /** Ends the last expression. */
  private void settle() {
    if (last != null) {
      steps.add(SequenceExpression.put(last, lastPlace));
      last = null;
    }
  }

  private void begin(Expression expression, SourcePosition place) {
    settle();
    last = expression;
    lastPlace = place;
  }

  private void item() throws ConfigException {
    SourcePosition place = in.place();
    if (in.skip("->")) {
      define(place);
      return;
    }
    char c = in.peek();
    switch (c) {
      case '*' -> repeat(place);
      case '[' -> slice(place);
      case '@' -> offset(place);
      case '(' -> parentheses(place);
      case '<' -> contents(place);
      case '"' -> begin(new Literal(StringSyntax.parse(in)), place);
      case '$' -> variable(place);
      case '\\' -> name(place);
      default -> number(place);
    }
  }

  private void number(SourcePosition place) throws ConfigException {
    String word = in.word();
    if (word.isEmpty()) {
      throw place.error("'" + in.peek() + "' is not allowed here");
    }
    if (word.equals("base64") && in.skip(":")) {
      begin(new Literal(base64(in.place())), place);
    } else if (in.skip(":")) {
      SourcePosition at = in.place();
      begin(IntegerSyntax.parse(word, in.word(), place, at), place);
    } else {
      begin(new Literal(new byte[] {(byte) NumberSyntax.unsigned(word, Byte.SIZE, place)}), place);
    }
  }

  private byte[] base64(SourcePosition place) throws ConfigException {
    byte[] text = in.until(c -> !isBase64(c));
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw place.error("no Base64: " + e.getMessage());
    }
  }

  private static boolean isBase64(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
  }

  private Expression lastFor(String what, SourcePosition place) throws ConfigException {
    if (last == null) {
      throw place.error(what + " must follow an expression");
    }
    return last;
  }

  private void repeat(SourcePosition place) throws ConfigException {
    in.next();
    Expression each = lastFor("*N", place);
    last = new Repeated(each, size(), place);
  }

  private long size() throws ConfigException {
    in.skipSpace();
    SourcePosition place = in.place();
    return NumberSyntax.size(in.word(), place);
  }

  private void slice(SourcePosition place) throws ConfigException {
    in.next();
    Expression whole = lastFor("[N:M]", place);
    in.skipSpace();
    long from = in.peek() == ':' ? 0 : size();
    in.skipSpace();
    if (!in.skip(":")) {
      throw in.place().error("':' is expected here, as in [N:M]");
    }
    in.skipSpace();
    long to = in.peek() == ']' ? Slice.END : size();
    in.skipSpace();
    if (!in.skip("]")) {
      throw in.place().error("']' is expected here, as in [N:M]");
    }
    if (to != Slice.END && whole instanceof FileContents contents) {
      contents.atMost(to);
    }
    last = new Slice(whole, from, to, place);
  }

  private void define(SourcePosition place) throws ConfigException {
    Expression expression = lastFor("->", place);
    in.skipSpace();
    SourcePosition at = in.place();
    if (!in.skip("\\")) {
      throw at.error("a name as \\NAME is expected here");
    }
    scope.define(identifier(at), expression);
    last = null; // it is put where the name is
  }

  private String identifier(SourcePosition place) throws ConfigException {
    String name = new String(in.until(c -> !isNamed(c)), StandardCharsets.ISO_8859_1);
    if (name.isEmpty()) {
      throw place.error("a name has letters, digits, '-' and '_'");
    }
    return name;
  }

  private static boolean isNamed(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
  }

  private void name(SourcePosition place) throws ConfigException {
    in.next();
    String name = identifier(place);
    Expression found = scope.find(name);
    if (found == null) {
      throw place.error("\\" + name + " is not defined");
    }
    begin(found, place);
  }

  private void variable(SourcePosition place) throws ConfigException {
    in.next();
    String name = new String(in.until(c -> !isNamed(c) || c == '-'), StandardCharsets.ISO_8859_1);
    byte[] text = name.isEmpty() ? null : variables.apply(name);
    if (text == null) {
      throw place.error("there is no parameter or environment variable '" + name + "'");
    }
    TextCursor inner = new TextCursor("$" + name, text);
    Expression value = nested(inner, place);
    if (!inner.atEnd()) {
      throw inner.place().error("this ')' has no '('");
    }
    begin(value, place);
  }

  private void parentheses(SourcePosition place) throws ConfigException {
    in.next();
    Expression inner = nested(in, place);
    if (!in.skip(")")) {
      throw place.error("this '(' is never closed");
    }
    begin(inner, place);
  }

  private void contents(SourcePosition place) throws ConfigException {
    in.next();
    if (in.skip("(")) {
      String script = FileNames.decode(in.untilClosed(place));
      begin(FileContents.ofCommand(script, place), place);
      return;
    }
    byte[] path = in.until(c -> TextCursor.isSpace(c) || c == '*' || c == '[' || c == ')');
    if (path.length == 0) {
      throw place.error("'<' is followed by a file's name or by a command in parentheses");
    }
    try {
      begin(FileContents.ofFile(FileNames.path(FileNames.decode(path)), place), place);
    } catch (InvalidPathException e) {
      throw place.error("no file's name: " + e.getMessage());
    }
  }

  private void offset(SourcePosition place) throws ConfigException {
    in.next();
    settle();
    if (in.skip("^")) {
      align(place);
    } else if (in.skip("+")) {
      long by = size();
      steps.add(
          SequenceExpression.move(offset -> offset + by, place)); // negative where it is too large
    } else if (in.skip("-")) {
      long by = size();
      steps.add(SequenceExpression.move(offset -> offset - by, place));
    } else {
      long to = size();
      steps.add(SequenceExpression.move(offset -> to, place));
    }
  }

  private void align(SourcePosition place) throws ConfigException {
    long alignment = size();
    if (Long.bitCount(alignment) != 1) {
      throw place.error("@^N needs a power of two, not " + alignment);
    }
    steps.add(SequenceExpression.move(offset -> (offset + alignment - 1) & -alignment, place));
  }
}
