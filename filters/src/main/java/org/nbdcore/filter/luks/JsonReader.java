package org.nbdcore.filter.luks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.NbdException;

/** Reads JSON (RFC 8259) into maps, lists, strings, numbers, booleans and {@link #NULL}. */
final class JsonReader {

  /** The value {@code null}. */
  static final Object NULL = new Object();

  private static final int DEEPEST = 64;

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /** Reads a whole text, which is one object. */
  static Map<?, ?> object(String text) throws NbdException {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value(0);
    reader.skipSpace();
    if (reader.at < text.length() || !(value instanceof Map<?, ?> map)) {
      throw reader.wrong("one object");
    }
    return map;
  }

  private Object value(int depth) throws NbdException {
    if (depth > DEEPEST) {
      throw wrong("fewer nested values");
    }
    skipSpace();
    char first = peek();
    return switch (first) {
      case '{' -> map(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private Map<String, Object> map(int depth) throws NbdException {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (take('}')) {
      return map;
    }
    do {
      skipSpace();
      String key = string();
      skipSpace();
      expect(':');
      map.put(key, value(depth + 1));
      skipSpace();
    } while (take(','));
    expect('}');
    return map;
  }

  private List<Object> list(int depth) throws NbdException {
    List<Object> list = new ArrayList<>();
    at++;
    skipSpace();
    if (take(']')) {
      return list;
    }
    do {
      list.add(value(depth + 1));
      skipSpace();
    } while (take(','));
    expect(']');
    return list;
  }

  private String string() throws NbdException {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        throw wrong("no control character");
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws NbdException {
    char c = next();
    switch (c) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw wrong("four hexadecimal digits");
          }
          code = code << 4 | digit;
        }
        return (char) code;
      case '"', '\\', '/':
        return c;
      default:
        throw wrong("a known escape");
    }
  }

  private Object word(String word, Object value) throws NbdException {
    if (!text.startsWith(word, at)) {
      throw wrong(word);
    }
    at += word.length();
    return value;
  }

  private Object number() throws NbdException {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String number = text.substring(start, at);
    try {
      return number.matches("-?\\d+") ? (Object) Long.valueOf(number) : Double.valueOf(number);
    } catch (NumberFormatException e) {
      throw wrong("a value");
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws NbdException {
    if (at == text.length()) {
      throw wrong("more");
    }
    return text.charAt(at);
  }

  private char next() throws NbdException {
    char c = peek();
    at++;
    return c;
  }

  private boolean take(char c) throws NbdException {
    boolean there = peek() == c;
    at += there ? 1 : 0;
    return there;
  }

  private void expect(char c) throws NbdException {
    if (!take(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private NbdException wrong(String expected) {
    return LuksHeader.refused(
        "the LUKS header is damaged: "
            + expected
            + " is expected at character "
            + at
            + " of its JSON");
  }
}
