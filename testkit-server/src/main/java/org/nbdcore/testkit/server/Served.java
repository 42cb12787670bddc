package org.nbdcore.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.chain.Chain;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.CapturedLog;

/**
 * A server with one plugin, given the words of a command line, and a client of it, in this process.
 * The log is silenced for the whole process, as the server has a word on each refused write.
 *
 * @param server on a port of the loopback that was free
 * @param client connected, with {@code base:allocation}
 */
public record Served(NbdServer server, NbdClient client) implements AutoCloseable {

  static {
    CapturedLog.silence();
  }

  /**
   * Starts both.
   *
   * @param words as they would stand behind the plugin's name
   * @throws ConfigException if the words are refused
   * @throws IOException if the plugin does not start or cannot be opened
   */
  public static Served by(PluginProvider provider, String... words)
      throws ConfigException, IOException {
    ParameterRouter router = new ParameterRouter(List.of(), provider);
    router.words(List.of(words));
    Chain chain = Chain.builder().plugin(provider, router.plugin()).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    NbdServer server = NbdServer.start(chain, ServerOptions.defaults(List.of(anyPort)));
    try {
      ConnectOptions options = ConnectOptions.defaults();
      return new Served(
          server,
          NbdClient.connect(
              server.addresses().get(0), options.withMetaContexts(List.of("base:allocation"))));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** What the client reads there. */
  public byte[] read(long offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    client.read(dst, offset);
    return dst.array();
  }

  /** Each run as {@code length:flags}. */
  public List<String> extents(long offset, long length) throws IOException {
    List<String> runs = new ArrayList<>();
    client.blockStatus(
        offset, length, Flags.NONE, (context, at, size, flags) -> runs.add(size + ":" + flags));
    return runs;
  }

  @Override
  public void close() throws IOException {
    try (server) {
      client.close();
    }
  }
}
