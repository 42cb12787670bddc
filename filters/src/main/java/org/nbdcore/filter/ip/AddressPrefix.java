package org.nbdcore.filter.ip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;

/**
 * A network: the IP addresses with a common prefix.
 *
 * @param first any address of the network; 4 or 16 bytes
 * @param bits length of the prefix
 */
record AddressPrefix(byte[] first, int bits) {

  /**
   * The form of an IPv4 address. An IPv6 address contains a colon. Anything else would be a host
   * name, which must not be looked up.
   */
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  static boolean resembles(String text) {
    String address = text.split("/", 2)[0];
    return V4.matcher(address).matches()
        || (address.indexOf(':') >= 0 && address.matches("[0-9A-Fa-f:.]+"));
  }

  /** Reads {@code ADDRESS} or {@code ADDRESS/BITS}. */
  static AddressPrefix parse(String text) throws ConfigException {
    String[] parts = text.split("/", 2);
    byte[] first = address(parts[0], text);
    int all = first.length * Byte.SIZE;
    if (parts.length == 1) {
      return new AddressPrefix(first, all);
    }
    int bits = -1;
    if (parts[1].matches("\\d{1,3}")) {
      bits = Integer.parseInt(parts[1]);
    }
    if (bits < 0 || bits > all) {
      throw new ConfigException(
          "the network " + text + " must end with /0 to /" + all + ", not '/" + parts[1] + "'");
    }
    return new AddressPrefix(first, bits);
  }

  private static byte[] address(String text, String whole) throws ConfigException {
    try {
      return InetAddress.getByName(text.indexOf(':') < 0 ? text : "[" + text + "]").getAddress();
    } catch (UnknownHostException e) {
      throw new ConfigException("'" + whole + "' is not an IP address or network", e);
    }
  }

  boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != first.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    if (!Arrays.equals(other, 0, whole, first, 0, whole)) {
      return false;
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || ((other[whole] ^ first[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(first).getHostAddress() + "/" + bits;
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // it has 4 or 16 bytes
    }
  }
}
