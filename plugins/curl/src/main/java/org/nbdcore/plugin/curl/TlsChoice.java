package org.nbdcore.plugin.curl;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.nbdcore.spi.ConfigException;

/** Converts curl's names of TLS versions and ciphers to those of the JDK. */
final class TlsChoice {

  static final List<String> VERSIONS =
      List.of(
          "default",
          "tlsv1",
          "tlsv1.0",
          "tlsv1.1",
          "tlsv1.2",
          "tlsv1.3",
          "max-default",
          "max-tlsv1.2",
          "max-tlsv1.3");

  /** Key exchange, certificate, cipher and hash, as OpenSSL writes them. */
  private static final Pattern OPENSSL =
      Pattern.compile(
          "(?:(ECDHE|DHE)-(RSA|ECDSA)-)?(AES128|AES256|CHACHA20)-?(GCM|POLY1305)?(?:-(SHA\\d*))?");

  private TlsChoice() {}

  /** The versions that {@code ssl-version} allows: a minimum or a maximum. */
  static String[] versions(String choice) {
    return switch (choice) {
      case "tlsv1.3" -> new String[] {"TLSv1.3"};
      case "max-tlsv1.2" -> new String[] {"TLSv1.2"};
      default -> new String[] {"TLSv1.3", "TLSv1.2"};
    };
  }

  /**
   * The JDK's names of a list of ciphers.
   *
   * @param list with colons, commas or blanks between them, as OpenSSL or the RFCs name them
   * @throws ConfigException naming the first that this JDK does not have
   */
  static List<String> ciphers(String list) throws ConfigException {
    List<String> known;
    try {
      known = Arrays.asList(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
    } catch (NoSuchAlgorithmException e) {
      throw new ConfigException("cannot be used: " + e.getMessage(), e);
    }
    List<String> found = new ArrayList<>();
    for (String name : list.split("[:, ]+")) {
      String suite = name.startsWith("TLS_") ? name : translated(name);
      if (!known.contains(suite)) {
        throw new ConfigException("names the cipher " + name + ", which Java does not have");
      }
      found.add(suite);
    }
    return found;
  }

  private static String translated(String name) {
    Matcher matcher = OPENSSL.matcher(name);
    if (!matcher.matches()) {
      return name;
    }
    String exchange = matcher.group(1) == null ? "RSA" : matcher.group(1) + "_" + matcher.group(2);
    String cipher =
        switch (matcher.group(3)) {
          case "AES128" -> "AES_128";
          case "AES256" -> "AES_256";
          default -> "CHACHA20";
        };
    String mode = matcher.group(4) == null ? "CBC" : matcher.group(4);
    String hash = matcher.group(5) == null ? "SHA256" : matcher.group(5);
    return "TLS_" + exchange + "_WITH_" + cipher + "_" + mode + "_" + hash;
  }
}
