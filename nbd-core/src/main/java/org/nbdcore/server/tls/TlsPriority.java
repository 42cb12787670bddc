package org.nbdcore.server.tls;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.nbdcore.spi.ConfigException;

/**
 * What {@code --tls-priority} allows, of GnuTLS's language for it: {@code NORMAL}, {@code
 * SECURE128}, {@code SECURE192} and {@code SECURE256}, followed by any of {@code :-VERS-ALL},
 * {@code :+VERS-TLS1.2} and the like: one immutable value. Versions below 1.2 are never used.
 */
public final class TlsPriority {

  private static final List<String> ALL = List.of("TLSv1.3", "TLSv1.2");

  /** Everything that is considered safe. */
  public static final TlsPriority NORMAL = new TlsPriority(ALL, 128);

  private final List<String> versions;
  private final int minimumKeyBits;

  private TlsPriority(List<String> versions, int minimumKeyBits) {
    this.versions = List.copyOf(versions);
    this.minimumKeyBits = minimumKeyBits;
  }

  /**
   * Reads a priority string.
   *
   * @throws ConfigException naming the word that is not understood
   */
  public static TlsPriority parse(String text) throws ConfigException {
    Set<String> versions = new LinkedHashSet<>(ALL);
    int bits = 128;
    String[] words = text.split(":", -1);
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (i == 0) {
        bits = level(word);
      } else if (word.startsWith("-VERS-")) {
        versions.removeAll(versions(word, word.substring(6)));
      } else if (word.startsWith("+VERS-")) {
        versions.addAll(versions(word, word.substring(6)));
      } else {
        throw notUnderstood(word);
      }
    }
    if (versions.isEmpty()) {
      throw new ConfigException("--tls-priority=" + text + " leaves no version of TLS");
    }
    List<String> ordered = new ArrayList<>(ALL);
    ordered.retainAll(versions);
    return new TlsPriority(ordered, bits);
  }

  /** The allowed versions of TLS, in the JDK's words. */
  public List<String> versions() {
    return versions;
  }

  /** Length of the shortest allowed symmetric key, in bits. */
  public int minimumKeyBits() {
    return minimumKeyBits;
  }

  private static int level(String word) throws ConfigException {
    return switch (word) {
      case "NORMAL", "SECURE128" -> 128;
      case "SECURE192" -> 192;
      case "SECURE256" -> 256;
      default -> throw notUnderstood(word);
    };
  }

  private static List<String> versions(String word, String version) throws ConfigException {
    return switch (version) {
      case "ALL", "TLS-ALL" -> ALL;
      case "TLS1.2" -> List.of("TLSv1.2");
      case "TLS1.3" -> List.of("TLSv1.3");
      case "TLS1.0", "TLS1.1", "SSL3.0" -> {
        if (word.startsWith("+")) {
          throw new ConfigException("--tls-priority: " + version + " is not safe and not offered");
        }
        yield List.of();
      }
      default -> throw notUnderstood(word);
    };
  }

  private static ConfigException notUnderstood(String word) {
    return new ConfigException(
        "--tls-priority: '"
            + word
            + "' is not understood; NORMAL, SECURE128, SECURE192 or SECURE256 can be followed by"
            + " :-VERS-… and :+VERS-… with ALL, TLS1.2 or TLS1.3");
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof TlsPriority other
        && versions.equals(other.versions)
        && minimumKeyBits == other.minimumKeyBits;
  }

  @Override
  public int hashCode() {
    return Objects.hash(versions, minimumKeyBits);
  }

  @Override
  public String toString() {
    return "TlsPriority[versions=" + versions + ", minimumKeyBits=" + minimumKeyBits + "]";
  }

  void apply(SSLEngine engine) {
    engine.setEnabledProtocols(versions.toArray(String[]::new));
    engine.setEnabledCipherSuites(suites(engine.getEnabledCipherSuites()));
  }

  /**
   * Those of the JDK's suites whose keys are long enough. AES-128 comes first: it needs a third
   * fewer rounds than AES-256, and the key exchange and usual certificates are not stronger than
   * AES-128.
   */
  private String[] suites(String[] enabled) {
    List<String> quick = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String suite : enabled) {
      (isQuick(suite) ? quick : others).add(suite);
    }
    if (minimumKeyBits > 128) {
      others.removeIf(suite -> !suite.contains("_256_") && !suite.contains("CHACHA20"));
      quick.clear();
    }
    quick.addAll(others);
    return quick.toArray(String[]::new);
  }

  /** Suites of TLS 1.3, or of 1.2 with forward secrecy. */
  private static boolean isQuick(String suite) {
    return suite.contains("_AES_128_GCM_")
        && (suite.startsWith("TLS_AES_") || suite.startsWith("TLS_ECDHE_"));
  }
}
