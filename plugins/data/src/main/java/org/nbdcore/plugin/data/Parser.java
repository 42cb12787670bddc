package org.nbdcore.plugin.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/** Parses the language of nbdkit-data-plugin(1). */
final class Parser {

  /** A variable may be used in another, but not in itself. */
  private static final int DEEPEST = 200;

  private final TextCursor in;
  private final NameScope scope;
  private final Function<String, byte[]> variables;
  private final int depth;
  private final List<SequenceExpression.Step> steps = new ArrayList<>();

  /** The last expression, which a repetition, a slice or a name may still follow; or null. */
  private Expression last;

  private SourcePosition lastPosition;

  private Parser(TextCursor in, NameScope scope, Function<String, byte[]> variables, int depth) {
    this.in = in;
    this.scope = scope;
    this.variables = variables;
    this.depth = depth;
  }

  /**
   * Parses the text of a whole disk.
   *
   * @param variables returns the text of a variable, or null if it does not exist
   */
  static Expression parse(String source, byte[] text, Function<String, byte[]> variables)
      throws ConfigException {
    TextCursor in = new TextCursor(source, text);
    Expression all = new Parser(in, new NameScope(null), variables, 0).group();
    if (!in.atEnd()) {
      throw in.position().error("this ')' has no '('");
    }
    return all;
  }

  private Expression nested(TextCursor nestedIn, SourcePosition position) throws ConfigException {
    if (depth == DEEPEST) {
      throw position.error("more than " + DEEPEST + " levels deep");
    }
    return new Parser(nestedIn, new NameScope(scope), variables, depth + 1).group();
  }

  /** Reads up to the end or a closing parenthesis, which is not consumed. */
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
      steps.add(SequenceExpression.put(last, lastPosition));
      last = null;
    }
  }

  private void begin(Expression expression, SourcePosition position) {
    settle();
    last = expression;
    lastPosition = position;
  }

  private void item() throws ConfigException {
    SourcePosition position = in.position();
    if (in.skip("->")) {
      define(position);
      return;
    }
    char c = in.peek();
    switch (c) {
      case '*' -> repeat(position);
      case '[' -> slice(position);
      case '@' -> offset(position);
      case '(' -> parentheses(position);
      case '<' -> contents(position);
      case '"' -> begin(new Literal(StringSyntax.parse(in)), position);
      case '$' -> variable(position);
      case '\\' -> name(position);
      default -> number(position);
    }
  }

  private void number(SourcePosition position) throws ConfigException {
    String word = in.word();
    if (word.isEmpty()) {
      throw position.error("'" + in.peek() + "' is not allowed here");
    }
    if (word.equals("base64") && in.skip(":")) {
      begin(new Literal(base64(in.position())), position);
    } else if (in.skip(":")) {
      SourcePosition at = in.position();
      begin(IntegerSyntax.parse(word, in.word(), position, at), position);
    } else {
      begin(
          new Literal(new byte[] {(byte) NumberSyntax.unsigned(word, Byte.SIZE, position)}),
          position);
    }
  }

  private byte[] base64(SourcePosition position) throws ConfigException {
    byte[] text = in.until(c -> !isBase64(c));
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw position.error("no Base64: " + e.getMessage());
    }
  }

  private static boolean isBase64(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
  }

  private Expression lastFor(String what, SourcePosition position) throws ConfigException {
    if (last == null) {
      throw position.error(what + " must follow an expression");
    }
    return last;
  }

  private void repeat(SourcePosition position) throws ConfigException {
    in.next();
    Expression each = lastFor("*N", position);
    last = new Repeated(each, size(), position);
  }

  private long size() throws ConfigException {
    in.skipSpace();
    SourcePosition position = in.position();
    return NumberSyntax.size(in.word(), position);
  }

  private void slice(SourcePosition position) throws ConfigException {
    in.next();
    Expression whole = lastFor("[N:M]", position);
    in.skipSpace();
    long from = in.peek() == ':' ? 0 : size();
    in.skipSpace();
    if (!in.skip(":")) {
      throw in.position().error("':' is expected here, as in [N:M]");
    }
    in.skipSpace();
    long to = in.peek() == ']' ? Slice.END : size();
    in.skipSpace();
    if (!in.skip("]")) {
      throw in.position().error("']' is expected here, as in [N:M]");
    }
    if (to != Slice.END && whole instanceof FileContents contents) {
      contents.atMost(to);
    }
    last = new Slice(whole, from, to, position);
  }

  private void define(SourcePosition position) throws ConfigException {
    Expression expression = lastFor("->", position);
    in.skipSpace();
    SourcePosition at = in.position();
    if (!in.skip("\\")) {
      throw at.error("a name as \\NAME is expected here");
    }
    scope.define(identifier(at), expression);
    last = null; // the name is replaced by its expression
  }

  private String identifier(SourcePosition position) throws ConfigException {
    String name = new String(in.until(c -> !isNamed(c)), StandardCharsets.ISO_8859_1);
    if (name.isEmpty()) {
      throw position.error("a name has letters, digits, '-' and '_'");
    }
    return name;
  }

  private static boolean isNamed(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
  }

  private void name(SourcePosition position) throws ConfigException {
    in.next();
    String name = identifier(position);
    Expression found = scope.find(name);
    if (found == null) {
      throw position.error("\\" + name + " is not defined");
    }
    begin(found, position);
  }

  private void variable(SourcePosition position) throws ConfigException {
    in.next();
    String name = new String(in.until(c -> !isNamed(c) || c == '-'), StandardCharsets.ISO_8859_1);
    byte[] text = name.isEmpty() ? null : variables.apply(name);
    if (text == null) {
      throw position.error("there is no parameter or environment variable '" + name + "'");
    }
    TextCursor inner = new TextCursor("$" + name, text);
    Expression value = nested(inner, position);
    if (!inner.atEnd()) {
      throw inner.position().error("this ')' has no '('");
    }
    begin(value, position);
  }

  private void parentheses(SourcePosition position) throws ConfigException {
    in.next();
    Expression inner = nested(in, position);
    if (!in.skip(")")) {
      throw position.error("this '(' is never closed");
    }
    begin(inner, position);
  }

  private void contents(SourcePosition position) throws ConfigException {
    in.next();
    if (in.skip("(")) {
      String script = FileNames.decode(in.untilClosed(position));
      begin(FileContents.ofCommand(script, position), position);
      return;
    }
    byte[] path = in.until(c -> TextCursor.isSpace(c) || c == '*' || c == '[' || c == ')');
    if (path.length == 0) {
      throw position.error("'<' is followed by a file's name or by a command in parentheses");
    }
    try {
      begin(FileContents.ofFile(FileNames.path(FileNames.decode(path)), position), position);
    } catch (InvalidPathException e) {
      throw position.error("no file's name: " + e.getMessage());
    }
  }

  private void offset(SourcePosition position) throws ConfigException {
    in.next();
    settle();
    if (in.skip("^")) {
      align(position);
    } else if (in.skip("+")) {
      long by = size();
      steps.add(
          SequenceExpression.move(
              offset -> offset + by, position)); // negative where it is too large
    } else if (in.skip("-")) {
      long by = size();
      steps.add(SequenceExpression.move(offset -> offset - by, position));
    } else {
      long to = size();
      steps.add(SequenceExpression.move(offset -> to, position));
    }
  }

  private void align(SourcePosition position) throws ConfigException {
    long alignment = size();
    if (Long.bitCount(alignment) != 1) {
      throw position.error("@^N needs a power of two, not " + alignment);
    }
    steps.add(SequenceExpression.move(offset -> (offset + alignment - 1) & -alignment, position));
  }
}
