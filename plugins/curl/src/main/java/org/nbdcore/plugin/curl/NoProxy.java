package org.nbdcore.plugin.curl;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts of {@code no_proxy}, which need no proxy: domain names (which include their
 * subdomains), addresses, and networks such as {@code 10.0.0.0/8}, separated by commas or blanks;
 * {@code *} matches all.
 *
 * @param list in lower case
 */
record NoProxy(String list) {

  /** True if the list contains a host name or address. Does not look names up. */
  boolean has(String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    Optional<byte[]> address = address(wanted);
    for (String each : list.split("[, ]+")) {
      boolean matches =
          address.isPresent() ? inNetwork(address.get(), each) : inDomain(wanted, each);
      if (each.equals("*") || matches) {
        return true;
      }
    }
    return false;
  }

  private static boolean inDomain(String host, String entry) {
    String domain = entry.startsWith(".") ? entry.substring(1) : entry;
    return !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain));
  }

  private static boolean inNetwork(byte[] address, String entry) {
    int slash = entry.indexOf('/');
    Optional<byte[]> network = address(slash < 0 ? entry : entry.substring(0, slash));
    if (network.isEmpty() || network.get().length != address.length) {
      return false;
    }
    String bits = slash < 0 ? String.valueOf(address.length * 8) : entry.substring(slash + 1);
    if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > address.length * 8) {
      return false;
    }
    return sameBits(address, network.get(), Integer.parseInt(bits));
  }

  private static boolean sameBits(byte[] one, byte[] other, int bits) {
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of an address, if the text is one; an IPv6 address may have brackets. */
  private static Optional<byte[]> address(String text) {
    String bare = text.startsWith("[") && text.endsWith("]") ? strip(text) : text;
    if (!bare.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-f.]*:[0-9a-f:.]*")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(bare).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static String strip(String text) {
    return text.substring(1, text.length() - 1);
  }
}
