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
 * A server with one plugin, and a client connected to it, in this process. For the whole process,
 * log messages are dropped, because the server logs each refused write.
 *
 * @param server listens on a free port of the loopback address
 * @param client is connected to the default export, with {@code base:allocation}
 */
public record PluginServer(NbdServer server, NbdClient client) implements AutoCloseable {

  static {
    CapturedLog.silence();
  }

  /**
   * Starts the server and connects the client.
   *
   * @param arguments the arguments that a command line has after the plugin's name
   * @throws ConfigException if the plugin refuses the arguments
   * @throws IOException if the plugin does not start, or its disk cannot be opened
   */
  public static PluginServer start(PluginProvider provider, String... arguments)
      throws ConfigException, IOException {
    ParameterRouter router = new ParameterRouter(List.of(), provider);
    router.words(List.of(arguments));
    Chain chain = Chain.builder().plugin(provider, router.plugin()).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    NbdServer server = NbdServer.start(chain, ServerOptions.defaults(List.of(anyPort)));
    try {
      ConnectOptions options = ConnectOptions.defaults();
      return new PluginServer(
          server,
          NbdClient.connect(
              server.addresses().get(0), options.withMetaContexts(List.of("base:allocation"))));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Reads a range with the client.
   *
   * @param offset in bytes
   * @param length in bytes
   */
  public byte[] read(long offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    client.read(dst, offset);
    return dst.array();
  }

  /** Returns the extents of a range, each as {@code length:flags}. */
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
