package org.nbdcore.filter.ip;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;

/** Reads the lists of {@code allow} and {@code deny}. */
final class RuleParser {

  private RuleParser() {}

  /** A list is split at commas, but not one that begins with a name of a certificate. */
  static List<ClientRule> parse(String text) throws ConfigException {
    if (text.startsWith("dn:") || text.startsWith("issuer-dn:")) {
      return List.of(rule(text));
    }
    List<ClientRule> rules = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      rules.add(rule(word));
    }
    return List.copyOf(rules);
  }

  private static ClientRule rule(String word) throws ConfigException {
    switch (word) {
      case "all", "any" -> {
        return new ClientRule.AnyClient(word);
      }
      case "allipv4", "anyipv4" -> {
        return new ClientRule.Named(word, RuleParser::isV4);
      }
      case "allipv6", "anyipv6" -> {
        return new ClientRule.Named(word, RuleParser::isV6);
      }
      case "allunix", "anyunix" -> {
        return new ClientRule.Named(word, UnixDomainSocketAddress.class::isInstance);
      }
      case "loopback" -> {
        return new ClientRule.Named(word, peer -> isLoopback(peer));
      }
      case "loopbackipv4", "loopbackv4", "loopback4" -> {
        return new ClientRule.Named(word, peer -> isV4(peer) && isLoopback(peer));
      }
      case "loopbackipv6", "loopbackv6", "loopback6" -> {
        return new ClientRule.Named(word, peer -> isV6(peer) && isLoopback(peer));
      }
      default -> {}
    }
    if (isVsock(word)) {
      return new ClientRule.Named(word, peer -> false); // matches no client
    }
    if (AddressPrefix.resembles(word)) {
      return new ClientRule.Network(AddressPrefix.parse(word));
    }
    int colon = word.indexOf(':');
    String kind = colon < 0 ? "" : word.substring(0, colon);
    String value = word.substring(colon + 1);
    return switch (kind) {
      case "pid" -> new ClientRule.Owner(ClientRule.Credential.PID, number(word, value));
      case "uid" -> new ClientRule.Owner(ClientRule.Credential.UID, number(word, value));
      case "gid" -> new ClientRule.Owner(ClientRule.Credential.GID, number(word, value));
      case "dn" -> new ClientRule.Certificate(false, value, glob(value));
      case "issuer-dn" -> new ClientRule.Certificate(true, value, glob(value));
      case "security" ->
          throw new ConfigException(
              "cannot be " + word + ": the security labels of clients are not known here");
      default ->
          throw new ConfigException(
              "must list all, allipv4, allipv6, allunix, IP addresses, networks such as"
                  + " 10.0.0.0/8, pid:N, uid:N, gid:N, dn:WILDCARD or issuer-dn:WILDCARD, not '"
                  + word
                  + "'");
    };
  }

  private static boolean isLoopback(SocketAddress peer) {
    return peer instanceof InetSocketAddress inet
        && inet.getAddress() != null
        && inet.getAddress().isLoopbackAddress();
  }

  private static boolean isV4(SocketAddress peer) {
    return peer instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address;
  }

  private static boolean isV6(SocketAddress peer) {
    return peer instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
  }

  private static boolean isVsock(String word) {
    return word.matches("(all|any)vsock|vsock-(cid|port):\\d+");
  }

  private static int number(String word, String value) throws ConfigException {
    try {
      return Integer.parseUnsignedInt(value);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "must have a number after " + word.substring(0, 4) + ", not '" + value + "'", e);
    }
  }

  /** A shell's wildcard: * for any text, ? for any character, [ab] for one of those. */
  private static Pattern glob(String wildcard) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < wildcard.length(); i++) {
      char c = wildcard.charAt(i);
      int end = c == '[' ? wildcard.indexOf(']', i + 2) : -1;
      if (c == '*') {
        pattern.append(".*");
      } else if (c == '?') {
        pattern.append('.');
      } else if (end > 0) {
        String set = wildcard.substring(i + 1, end).replaceAll("[\\[\\\\&^]", "\\\\$0");
        pattern.append('[').append(set.replaceFirst("^!", "^")).append(']');
        i = end;
      } else {
        boolean escaped = c == '\\' && i + 1 < wildcard.length();
        pattern.append(Pattern.quote(String.valueOf(escaped ? wildcard.charAt(++i) : c)));
      }
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }
}
