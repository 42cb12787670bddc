package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Option;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/**
 * A sequence of clients with a part of the disk of their own, whose every byte they know. Some send
 * DISC, some close their half of the connection, and some vanish at any point.
 */
final class StressSlot {

  /** Bytes of the part. */
  static final int PART = 1 << 18;

  private static final int CELL = 4096;

  /** Bytes of replies that are left unread while requests are sent; sockets hold more. */
  private static final int UNREAD = 40_000;

  private final int number;
  private final long base;
  private final byte[] shadow = new byte[PART];
  private final Random random;

  /** Opens when the server has closed the last client's device. */
  private volatile CountDownLatch closed = new CountDownLatch(0);

  StressSlot(int number, long seed) {
    this.number = number;
    base = (long) number * PART;
    random = new Random(seed);
  }

  /** The export that stands for this slot. */
  String export() {
    return Integer.toString(number);
  }

  /** The server has opened a device for the slot; the latch is to be opened when it is closed. */
  CountDownLatch opened() {
    closed = new CountDownLatch(1);
    return closed;
  }

  /** One client's life. */
  void live(SocketAddress address, int bursts) throws IOException {
    try (RawNbdClient client = RawNbdClient.connect(address)) {
      client.handshake();
      if (random.nextInt(10) == 0) {
        abandonHandshake(client);
        return;
      }
      boolean structured = random.nextBoolean();
      if (structured) {
        client.structuredReplies();
        client.metaContext(export(), "base:allocation");
      }
      client.go(export());
      for (int i = 0; i < bursts; i++) {
        finish(client, burst(client, structured), structured, random.nextInt(6) == 0);
      }
      end(client, structured);
    }
    awaitClosed();
  }

  private void abandonHandshake(RawNbdClient client) throws IOException {
    client.option(Option.INFO, OptionData.info("nothing"));
    if (random.nextBoolean()) {
      client.send(new byte[random.nextInt(20)]);
    }
    client.drop();
  }

  private void awaitClosed() {
    try {
      if (!closed.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("the device of slot " + number + " is not closed");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends requests that do not touch each other. */
  private List<StressOperation> burst(RawNbdClient client, boolean structured) throws IOException {
    List<StressOperation> operations = operations(structured);
    int total = 0;
    List<ByteBuffer> all = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      all.add(operations.get(i).bytes(i, base));
      total += all.get(i).remaining();
    }
    ByteBuffer bytes = ByteBuffer.allocate(total);
    all.forEach(bytes::put);
    bytes.flip();
    while (bytes.hasRemaining()) {
      int piece = random.nextInt(3) == 0 ? 1 + random.nextInt(100) : bytes.remaining();
      int length = Math.min(piece, bytes.remaining());
      client.send(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
    }
    return operations;
  }

  private List<StressOperation> operations(boolean structured) {
    List<StressOperation> operations = new ArrayList<>();
    if (random.nextInt(8) == 0) { // a single large one
      operations.add(StressOperation.pick(random, 0, PART, structured, PART));
      return operations;
    }
    int mayRead = UNREAD;
    int cellCount = PART / CELL;
    for (int cell = random.nextInt(cellCount); cell < cellCount; ) {
      int cells = Math.min(cellCount - cell, 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 2));
      StressOperation next =
          StressOperation.pick(random, cell * CELL, cells * CELL, structured, mayRead);
      mayRead -= next.simpleData();
      operations.add(next);
      cell += cells;
    }
    Collections.shuffle(operations, random);
    return operations;
  }

  private void finish(
      RawNbdClient client, List<StressOperation> operations, boolean structured, boolean slowly)
      throws IOException {
    boolean[] answered = new boolean[operations.size()];
    for (int i = 0; i < operations.size(); i++) {
      if (slowly) {
        LockSupport.parkNanos(random.nextInt(1_000_000));
      }
      int cookie = structured ? structuredReply(client, operations) : simple(client, operations);
      if (answered[cookie]) {
        throw new IOException("a second reply to " + operations.get(cookie));
      }
      answered[cookie] = true;
    }
    operations.forEach(operation -> operation.apply(shadow));
  }

  private int simple(RawNbdClient client, List<StressOperation> operations) throws IOException {
    RawNbdClient.SimpleReply reply = client.simpleReply();
    StressOperation operation = operations.get((int) reply.cookie());
    expect(operation, reply.error());
    operation.check(client.receive(operation.simpleData()), shadow);
    return (int) reply.cookie();
  }

  private int structuredReply(RawNbdClient client, List<StressOperation> operations)
      throws IOException {
    Reply reply = Reply.read(client);
    StressOperation operation = operations.get((int) reply.cookie());
    expect(operation, reply.error());
    byte[] payload = reply.payload();
    if (operation.command() == Command.READ && reply.error() == 0) {
      if (ByteBuffer.wrap(payload).getLong() != base + operation.at()) {
        throw new IOException("wrong offset in the reply to " + operation);
      }
      payload = Arrays.copyOfRange(payload, 8, payload.length);
    }
    operation.check(payload, shadow);
    return (int) reply.cookie();
  }

  private static void expect(StressOperation operation, int error) throws IOException {
    if (error != operation.error()) {
      throw new IOException(operation + " ended with error " + error);
    }
  }

  private void end(RawNbdClient client, boolean structured) throws IOException {
    switch (random.nextInt(5)) {
      case 0 -> client.request(0, Command.DISC, 0, 0, 0);
      case 1 -> { // closes its half and reads what is to come
        List<StressOperation> last = burst(client, structured);
        client.shutdownOutput();
        finish(client, last, structured, false);
        if (!client.closedByServer()) {
          throw new IOException("the server sends more than it was asked for");
        }
      }
      case 2 -> { // vanishes within a request
        ByteBuffer cut =
            RawNbdClient.requestHeader(0, Command.WRITE, 1, base, 1 + random.nextInt(PART));
        client.send(cut.limit(1 + random.nextInt(28)));
        client.drop();
      }
      case 3 -> { // vanishes without its replies; reads do no harm
        for (int i = 0; i < random.nextInt(50); i++) {
          client.request(0, Command.READ, i, base, 1 + random.nextInt(100_000));
        }
        client.drop();
      }
      default -> client.close();
    }
  }
}
