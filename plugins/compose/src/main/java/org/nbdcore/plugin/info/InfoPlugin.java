package org.nbdcore.plugin.info;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** Creates a disk for each client, with the requested information. */
final class InfoPlugin implements Plugin {

  private final String mode;
  private final String version;
  private long started = System.nanoTime();

  InfoPlugin(String mode, String version) {
    this.mode = mode;
    this.version = version;
  }

  @Override
  public void start(StartContext context) {
    started = System.nanoTime();
  }

  @Override
  public BlockDevice open(OpenRequest request) throws NbdException {
    return switch (mode) {
      case "base64exportname" -> new TextDevice(decoded(request.exportName()));
      case "address" -> text(address(request.session().peer()));
      case "version" -> text(version);
      case "time" -> new TimeDevice(InfoPlugin::sinceTheEpoch);
      case "uptime" -> since(started);
      case "conntime" -> since(System.nanoTime());
      default -> text(request.exportName());
    };
  }

  private static TextDevice text(String text) {
    return new TextDevice(text.getBytes(StandardCharsets.UTF_8));
  }

  private static TimeDevice since(long start) {
    return new TimeDevice(() -> Duration.ofNanos(System.nanoTime() - start));
  }

  private static Duration sinceTheEpoch() {
    return Duration.between(Instant.EPOCH, Instant.now());
  }

  /** Ignores line ends and blanks, because clients wrap long names. */
  private static byte[] decoded(String name) throws NbdException {
    String digits = name.replaceAll("\\s", "");
    if (digits.length() % 4 != 0) { // the decoder accepts names without their last padding
      throw new NbdException(
          NbdError.EINVAL,
          "the export name must be base64, a multiple of 4 digits long, not " + digits.length());
    }
    try {
      return Base64.getDecoder().decode(digits);
    } catch (IllegalArgumentException e) {
      throw new NbdException(
          NbdError.EINVAL, "the export name must be base64: " + e.getMessage(), e);
    }
  }

  /** No details for Unix sockets, because paths of the host are private. */
  private static String address(Optional<SocketAddress> peer) {
    if (peer.isEmpty() || !(peer.get() instanceof InetSocketAddress tcp)) {
      return "unix";
    }
    InetAddress address = tcp.getAddress();
    String host = address.getHostAddress();
    return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + tcp.getPort();
  }
}
