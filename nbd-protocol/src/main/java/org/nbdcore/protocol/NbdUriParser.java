package org.nbdcore.protocol;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.NbdUri.Transport;

/** Parses an NBD URI. {@code java.net.URI} refuses some names that users write. */
final class NbdUriParser {

  private static final int SSH_PORT = 22;

  private NbdUriParser() {}

  static NbdUri parse(String text) {
    int colon = text.indexOf("://");
    if (colon < 0) {
      throw new IllegalArgumentException(
          "an NBD URI must begin with nbd://, nbds://, nbd+unix:// or the like, not \""
              + text
              + "\"");
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    int plus = scheme.indexOf('+');
    String base = plus < 0 ? scheme : scheme.substring(0, plus);
    Transport transport = transport(scheme.substring(base.length()));
    boolean tls = base.equals("nbds");
    if (transport == null || !tls && !base.equals("nbd")) {
      throw new IllegalArgumentException(
          "the scheme of an NBD URI must be nbd or nbds, alone or with +unix, +vsock or +ssh, not"
              + " \""
              + text.substring(0, colon)
              + "\"");
    }
    String rest = text.substring(colon + 3);
    if (rest.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "an NBD URI has no fragment: write %23 for # in \"" + text + "\"");
    }
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String before = question < 0 ? rest : rest.substring(0, question);
    int slash = before.indexOf('/');
    String authority = slash < 0 ? before : before.substring(0, slash);
    String name =
        slash < 0 ? "" : PercentEncoding.decode(before.substring(slash + 1), "export name");
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Limits.MAX_STRING) {
      throw new IllegalArgumentException(
          "an export name must have at most " + Limits.MAX_STRING + " bytes, not " + bytes);
    }
    return authority(transport, tls, authority, name, query(query));
  }

  private static @Nullable Transport transport(String suffix) {
    for (Transport transport : Transport.values()) {
      if (transport.suffix().equals(suffix)) {
        return transport;
      }
    }
    return null;
  }

  private static NbdUri authority(
      Transport transport, boolean tls, String authority, String name, Map<String, String> query) {
    int at = authority.lastIndexOf('@');
    String user = at < 0 ? null : PercentEncoding.decode(authority.substring(0, at), "user");
    String place = authority.substring(at + 1);
    if (transport == Transport.UNIX) {
      if (!place.isEmpty()) {
        throw new IllegalArgumentException(
            "an NBD URI with +unix has no host (three slashes after the colon), not \""
                + place
                + "\"");
      }
      return NbdUri.of(transport, tls, user, null, 0, name, query);
    }
    int end = place.startsWith("[") ? place.indexOf(']') + 1 : place.indexOf(':');
    if (place.startsWith("[") && end == 0) {
      throw new IllegalArgumentException(
          "an IPv6 address in an NBD URI must end with ], not \"" + place + "\"");
    }
    String host = end < 0 ? place : place.substring(0, end);
    String port = end < 0 ? "" : place.substring(end);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!port.isEmpty() && port.charAt(0) != ':') {
      throw new IllegalArgumentException("after ] in an NBD URI comes :PORT, not \"" + port + "\"");
    }
    host = PercentEncoding.decode(host, "host");
    if (transport == Transport.VSOCK) {
      unsigned(host, "the host of an NBD URI with +vsock must be a CID");
    }
    if (host.isEmpty()) {
      host = "localhost";
    }
    return NbdUri.of(transport, tls, user, host, port(transport, port), name, query);
  }

  private static int port(Transport transport, String text) {
    if (text.length() <= 1) {
      return transport == Transport.SSH ? SSH_PORT : Limits.DEFAULT_PORT;
    }
    String number = text.substring(1);
    return transport == Transport.VSOCK
        ? unsigned(number, "the port of an NBD URI with +vsock must be a number of 32 bits")
        : number(number);
  }

  private static int unsigned(String text, String expected) {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(expected + ", not \"" + text + "\"", e);
    }
  }

  /** A TCP port. */
  static int number(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new IllegalArgumentException(
        "the port of an NBD URI must be between 1 and 65535, not " + text);
  }

  private static Map<String, String> query(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    int start = 0;
    while (start < query.length()) {
      int end = query.indexOf('&', start);
      end = end < 0 ? query.length() : end;
      String pair = query.substring(start, end);
      start = end + 1;
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String key = PercentEncoding.decode(equals < 0 ? pair : pair.substring(0, equals), "query");
      String value = equals < 0 ? "" : value(key, pair.substring(equals + 1));
      if (parameters.put(key, value) != null) {
        throw new IllegalArgumentException(
            "the parameter " + key + " is given twice in an NBD URI");
      }
    }
    return parameters;
  }

  private static String value(String key, String text) {
    String part = "parameter " + key;
    return NbdUri.namesFile(key)
        ? PercentEncoding.decodePath(text, part)
        : PercentEncoding.decode(text, part);
  }
}
