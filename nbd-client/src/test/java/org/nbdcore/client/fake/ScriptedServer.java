package org.nbdcore.client.fake;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nbdcore.protocol.NbdUri;

/** A TCP server in this process that does what a script says, byte by byte, right or wrong. */
public final class ScriptedServer implements Closeable {

  /** Talks to one client. */
  public interface Script {
    /** Called in a thread of its own for each connection; the connection is closed afterwards. */
    void serve(Peer peer) throws Exception;
  }

  private final ServerSocket listener;
  private final Script script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  public ScriptedServer(Script script) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        start("serve", () -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(new Peer(socket));
    } catch (IOException e) {
      // a client may disconnect at any time
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, "scripted server: " + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** The default export. */
  public NbdUri uri() {
    return NbdUri.tcp("localhost", listener.getLocalPort());
  }

  /** Connections so far. */
  public int connections() {
    return sockets.size();
  }

  /** Stops, and fails if a script did. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("the script failed", failures.get(0));
    }
  }
}
