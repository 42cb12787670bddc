package org.nbdcore.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;

/** Reads the value of {@code --metrics}. */
final class MetricsAddress {

  private static final int DEFAULT_PORT = 10810;
  private static final int LAST_PORT = 65535;

  /** An IPv6 address has colons itself, so it stands in brackets before a port. */
  private static final Pattern WITH_PORT = Pattern.compile("(\\[.*]|[^:]*):([^:]*)");

  private MetricsAddress() {}

  /**
   * The address.
   *
   * @param text {@code ADDRESS}, {@code ADDRESS:PORT} or {@code :PORT}, on the loopback interface
   */
  static InetSocketAddress parse(String text) throws ConfigException {
    String host = text;
    String port = Integer.toString(DEFAULT_PORT);
    Matcher withPort = WITH_PORT.matcher(text);
    if (withPort.matches()) {
      host = withPort.group(1);
      port = withPort.group(2);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int number = (int) Numbers.parse(CommandLineOption.METRICS, port, 0, LAST_PORT);
    if (host.isEmpty()) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
    }
    if (host.chars().allMatch(Character::isDigit)) {
      throw new ConfigException(
          "--metrics must be ADDRESS, ADDRESS:PORT or :PORT, not '" + text + "'");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), number);
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "--metrics: '" + host + "' is neither an address nor a known host", e);
    }
  }
}
