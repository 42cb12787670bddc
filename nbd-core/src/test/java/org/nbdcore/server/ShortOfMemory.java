package org.nbdcore.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.nbdcore.protocol.Command;
import org.nbdcore.testkit.RawNbdClient;

/** A program: clients request more at a time than the JVM has direct memory for. */
final class ShortOfMemory {

  private static final int LENGTH = 32 << 20;
  private static final int CLIENTS = 5;

  /** The clients read pieces of this size; the JDK allocates a direct buffer of the size. */
  private static final int PIECE = 1 << 16;

  private ShortOfMemory() {}

  public static void main(String[] arguments) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try (TestServer server = TestServer.serve(new EndlessDevice())) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                () -> {
                  read(server);
                  return null;
                }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
      System.out.println("all are served");
    } finally {
      threads.shutdownNow();
    }
  }

  private static void read(TestServer server) throws Exception {
    try (RawNbdClient client = server.simple()) {
      for (int i = 0; i < 3; i++) {
        client.request(0, Command.READ, i, 0, LENGTH);
        if (client.simpleReply().error() != 0) {
          throw new AssertionError("a read failed");
        }
        for (int left = LENGTH; left > 0; left -= PIECE) {
          client.receive(PIECE);
        }
      }
    }
  }
}
