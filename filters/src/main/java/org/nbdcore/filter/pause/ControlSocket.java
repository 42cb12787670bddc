package org.nbdcore.filter.pause;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.nbdcore.spi.Log;

/**
 * Accepts commands of one character, and replies to each with one character. Each connection has
 * its own thread, so a program that stays connected does not block others.
 */
final class ControlSocket implements Closeable {

  private static final Log LOG = Log.of("pause");

  private final ServerSocketChannel server;
  private final Path path;
  private final RequestGate gate;
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

  private ControlSocket(ServerSocketChannel server, Path path, RequestGate gate) {
    this.server = server;
    this.path = path;
    this.gate = gate;
  }

  /** Binds the socket and begins to listen. */
  static ControlSocket open(Path path, RequestGate gate) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.getOption(StandardSocketOptions.SO_RCVBUF); // else the JDK loads code after bind
      server.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw new IOException("pause-control=" + path + " cannot be used: " + e.getMessage(), e);
    }
    ControlSocket control = new ControlSocket(server, path, gate);
    try {
      daemon(control::accept);
    } catch (OutOfMemoryError e) {
      control.close();
      throw e;
    }
    return control;
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "pause-control");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        clients.add(client);
        try {
          daemon(() -> serve(client));
        } catch (OutOfMemoryError e) {
          LOG.error("pause-control cannot serve a client: " + e.getMessage());
          clients.remove(client);
          client.close();
        }
      }
    } catch (IOException e) {
      if (server.isOpen()) {
        LOG.error("pause-control takes no more commands: " + e.getMessage());
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      ByteBuffer one = ByteBuffer.allocate(1);
      while (client.read(one.clear()) > 0) {
        client.write(one.put(0, answer(one.get(0))).flip());
      }
    } catch (IOException e) {
      LOG.debug(() -> "a client of pause-control has disconnected: " + e.getMessage());
    } finally {
      clients.remove(client);
    }
  }

  private byte answer(byte command) {
    switch (command) {
      case 'p' -> {
        gate.pause();
        LOG.debug("requests are held back");
        return 'P';
      }
      case 'r' -> {
        gate.resume();
        LOG.debug("requests resume");
        return 'R';
      }
      default -> {
        return 'X';
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel client : clients) {
      client.close();
    }
    Files.deleteIfExists(path);
  }
}
