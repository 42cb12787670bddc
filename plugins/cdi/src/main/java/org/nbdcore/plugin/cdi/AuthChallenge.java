package org.nbdcore.plugin.cdi;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's authentication challenge (RFC 9110, "WWW-Authenticate").
 *
 * @param scheme in lower case
 * @param parameters by their names in lower case
 */
record AuthChallenge(String scheme, Map<String, String> parameters) {

  private static final Pattern SCHEME =
      Pattern.compile("\\s*,?\\s*([A-Za-z][\\w-]*)(?:\\s+|(?=,)|$)");

  /** The possessive quantifier needs no stack for each character of a long text. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\s*,?\\s*([A-Za-z_][\\w-]*)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]+))");

  /** The first challenge of a scheme. A header may have several challenges. */
  static Optional<AuthChallenge> find(List<String> headers, String scheme) {
    for (String header : headers) {
      Matcher start = SCHEME.matcher(header);
      Matcher parameter = PARAMETER.matcher(header);
      int at = 0;
      while (at < header.length() && start.region(at, header.length()).lookingAt()) {
        at = start.end();
        Map<String, String> parameters = new TreeMap<>();
        while (parameter.region(at, header.length()).lookingAt()) {
          at = parameter.end();
          String quoted = parameter.group(2);
          parameters.put(
              parameter.group(1).toLowerCase(Locale.ROOT),
              quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
        }
        if (start.group(1).equalsIgnoreCase(scheme)) {
          return Optional.of(new AuthChallenge(scheme, parameters));
        }
      }
    }
    return Optional.empty();
  }
}
