package org.nbdcore.plugin.curl;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.nbdcore.spi.ConfigException;

/** Finds the addresses of hosts: those that the user has set, otherwise those of the system. */
final class HostResolver implements DnsResolver {

  private final Class<? extends InetAddress> family;
  private final Map<String, List<InetAddress>> given;

  private HostResolver(Class<? extends InetAddress> family, Map<String, List<InetAddress>> given) {
    this.family = family;
    this.given = given;
  }

  /**
   * Creates the resolver from {@code ipresolve} and {@code resolve}.
   *
   * @param family {@code any}, {@code v4} or {@code v6}
   * @param resolve each {@code HOST:PORT:ADDRESS[,ADDRESS]...}, the host may be {@code *}; or
   *     {@code -HOST:PORT}, which removes an earlier one
   */
  static HostResolver of(String family, List<String> resolve) throws ConfigException {
    Map<String, List<InetAddress>> given = new HashMap<>();
    for (String each : resolve) {
      add(each, given);
    }
    return new HostResolver(
        switch (family) {
          case "v4" -> Inet4Address.class;
          case "v6" -> Inet6Address.class;
          default -> InetAddress.class;
        },
        given);
  }

  private static void add(String text, Map<String, List<InetAddress>> given)
      throws ConfigException {
    boolean removed = text.startsWith("-");
    String[] parts = (removed || text.startsWith("+") ? text.substring(1) : text).split(":", 3);
    if (parts.length < (removed ? 2 : 3) || parts[0].isEmpty() || !parts[1].matches("\\d{1,5}")) {
      throw new ConfigException("must be HOST:PORT:ADDRESS or -HOST:PORT, not " + text);
    }
    String key = key(parts[0], Integer.parseInt(parts[1]));
    if (removed) {
      given.remove(key);
      return;
    }
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : parts[2].split(",")) {
      addresses.add(literal(address, text));
    }
    given.put(key, addresses);
  }

  private static InetAddress literal(String address, String text) throws ConfigException {
    String bare = address.replaceAll("^\\[|\\]$", "");
    try {
      if (bare.matches("[0-9.]+|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")) {
        return InetAddress.getByName(bare);
      }
    } catch (UnknownHostException e) {
      // reported below
    }
    throw new ConfigException(
        "must end with an address such as 192.0.2.1 or [2001:db8::1], not " + text);
  }

  private static String key(String host, int port) {
    return host.toLowerCase(Locale.ROOT) + ":" + port;
  }

  @Override
  public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
    List<InetAddress> addresses = given.get(key(host, port));
    if (addresses == null) {
      addresses = given.get(key("*", port));
    }
    List<InetSocketAddress> found = new ArrayList<>();
    for (InetAddress each : addresses == null ? List.of(resolve(host)) : addresses) {
      found.add(new InetSocketAddress(each, port));
    }
    return found;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    List<InetAddress> found = new ArrayList<>();
    for (InetAddress each : InetAddress.getAllByName(host)) {
      if (family.isInstance(each)) {
        found.add(each);
      }
    }
    if (found.isEmpty()) {
      throw new UnknownHostException(
          host + " has no " + (family == Inet4Address.class ? "IPv4" : "IPv6") + " address");
    }
    return found.toArray(InetAddress[]::new);
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return host;
  }
}
