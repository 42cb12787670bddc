package org.nbdcore.vsphere;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds the XML of a call: the operation's name, its object and its arguments. */
final class Call {

  private static final String START =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
          + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
          + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
          + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>";

  private final String operation;
  private final MoRef object;
  private byte[] bytes = new byte[1024];
  private int length;
  private boolean ended;

  Call(String operation, MoRef object) {
    this.operation = operation;
    this.object = object;
    raw(START).raw("<").raw(operation).raw(" xmlns=\"urn:vim25\">");
    ref("_this", object);
  }

  String operation() {
    return operation;
  }

  MoRef object() {
    return object;
  }

  Call ref(String name, MoRef value) {
    return raw("<")
        .raw(name)
        .raw(" type=\"")
        .text(value.type())
        .raw("\">")
        .text(value.value())
        .close(name);
  }

  Call string(String name, CharSequence value) {
    return open(name).text(value).close(name);
  }

  Call number(String name, long value) {
    return open(name).raw(Long.toString(value)).close(name);
  }

  Call bool(String name, boolean value) {
    return open(name).raw(Boolean.toString(value)).close(name);
  }

  /** Opens an element that has child elements. */
  Call open(String name) {
    return raw("<").raw(name).raw(">");
  }

  /** Opens an element whose type is derived from the type that the API declares. */
  Call open(String name, String type) {
    return raw("<").raw(name).raw(" xsi:type=\"").raw(type).raw("\">");
  }

  Call close(String name) {
    return raw("</").raw(name).raw(">");
  }

  /** Returns the complete XML of the call. */
  byte[] body() {
    if (!ended) {
      ended = true;
      close(operation).raw("</soapenv:Body></soapenv:Envelope>");
    }
    return Arrays.copyOf(bytes, length);
  }

  /** Wipes the XML. For calls that contain a password. */
  void wipe() {
    Arrays.fill(bytes, (byte) 0);
    length = 0;
  }

  private Call text(CharSequence value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '<' -> raw("&lt;");
        case '>' -> raw("&gt;");
        case '&' -> raw("&amp;");
        case '"' -> raw("&quot;");
        case '\r' -> raw("&#13;");
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < value.length()
              && Character.isLowSurrogate(value.charAt(i + 1))) {
            codePoint(Character.toCodePoint(c, value.charAt(++i)));
          } else if (Character.isSurrogate(c) || c < ' ' && c != '\t' && c != '\n' || c >= 0xfffe) {
            throw new IllegalArgumentException(
                "an argument of " + operation + " has a character that XML cannot carry");
          } else {
            codePoint(c);
          }
        }
      }
    }
    return this;
  }

  /** Encodes UTF-8 without a String in between, because a String cannot be wiped. */
  private void codePoint(int c) {
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6);
      put(0x80 | c & 0x3f);
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12);
      put(0x80 | c >> 6 & 0x3f);
      put(0x80 | c & 0x3f);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | c >> 12 & 0x3f);
      put(0x80 | c >> 6 & 0x3f);
      put(0x80 | c & 0x3f);
    }
  }

  private Call raw(String value) {
    for (byte b : value.getBytes(StandardCharsets.US_ASCII)) {
      put(b);
    }
    return this;
  }

  private void put(int value) {
    if (length == bytes.length) {
      byte[] longer = Arrays.copyOf(bytes, length * 2);
      Arrays.fill(bytes, (byte) 0);
      bytes = longer;
    }
    bytes[length++] = (byte) value;
  }
}
