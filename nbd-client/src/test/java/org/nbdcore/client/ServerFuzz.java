package org.nbdcore.client;

import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.spi.Flags;

/**
 * A target for Jazzer: what a server sends. It damages the bytes of a correct server. The first
 * byte of the input selects what the server offers; the rest is a list of changes, four bytes each.
 */
public final class ServerFuzz {

  private static final int BYTE = 0xff;
  private static final int SIZE = 1 << 16;
  private static final int MARGIN = 512;
  private static final byte CANARY = 0x5a;

  /** How many connections a server gets before another takes its place. */
  private static final int INPUTS = 500;

  private static ScriptedServer server;
  private static int inputs;
  private static volatile byte[] input = {};

  private ServerFuzz() {}

  /** Called by Jazzer, and by ServerCorpusTest with the inputs that Jazzer found. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (inputs++ % INPUTS == 0) {
      if (server != null) {
        server.close();
      }
      server = new ScriptedServer(peer -> serve(peer, input));
    }
    input = data.clone();
    // a damaged length makes the client wait for bytes that never come
    ConnectOptions options =
        ConnectOptions.defaults()
            .withMetaContexts(List.of(MetaContext.BASE_ALLOCATION))
            .withConnectTimeout(Duration.ofMillis(300))
            .withRequestTimeout(Duration.ofMillis(300));
    try (NbdClient client = NbdClient.connect(server.uri(), options)) {
      use(client);
    } catch (IOException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new IllegalStateException("a failure without a word", e);
      }
    }
  }

  private static void use(NbdClient client) throws IOException {
    if (client.size() < SIZE) {
      return;
    }
    read(client, 100, 1000);
    ByteBuffer block = ByteBuffer.allocate(512);
    if (!client.export().isReadOnly()) {
      client.write(block, 0);
    }
    read(client, 4096, 0);
    if (!client.export().metaContexts().isEmpty()) {
      AtomicLong at = new AtomicLong();
      client.blockStatus(
          0,
          SIZE,
          Flags.NONE,
          (context, offset, length, flags) -> {
            if (offset != at.get() || length <= 0) {
              throw new IllegalStateException("a run of " + length + " at " + offset);
            }
            at.addAndGet(length);
          });
    }
  }

  private static void read(NbdClient client, int length, long offset) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(length + 2 * MARGIN);
    Arrays.fill(all.array(), CANARY);
    try {
      client.read(all.slice(MARGIN, length), offset);
    } finally {
      for (int i = 0; i < MARGIN; i++) {
        if (all.get(i) != CANARY || all.get(MARGIN + length + i) != CANARY) {
          throw new IllegalStateException("bytes outside the caller's buffer were written");
        }
      }
    }
  }

  private static void serve(Peer peer, byte[] data) throws Exception {
    int offers = data.length == 0 ? 0 : data[0];
    MemoryExport export = new MemoryExport(SIZE);
    export.structured = (offers & 1) == 0;
    export.go = (offers & 2) == 0;
    export.listsContexts = (offers & 4) == 0;
    export.description = (offers & 8) == 0 ? "" : "a disk";
    export.blockSizes = (offers & 16) == 0 ? null : new int[] {1, 4096, 1 << 25};
    Arrays.fill(export.disk, SIZE / 2, SIZE, (byte) 7);
    peer.out = new DataOutputStream(new Damage(peer.out, data));
    try {
      export.serve(peer);
    } catch (AssertionError | RuntimeException e) {
      // after a damaged reply, the client may send anything
      throw new IOException(e);
    }
  }

  /** After a number of bytes (two bytes of the input), changes, sets, omits or repeats a byte. */
  private static final class Damage extends FilterOutputStream {

    private final byte[] data;
    private int position = 1;
    private int intact;

    Damage(OutputStream out, byte[] data) {
      super(out);
      this.data = data;
      next();
    }

    private void next() {
      intact = position + 3 < data.length ? number(position) << 8 | number(position + 1) : -1;
    }

    private int number(int at) {
      return data[at] & BYTE;
    }

    @Override
    public void write(int value) throws IOException {
      if (intact-- != 0) {
        intact = Math.max(intact, -1);
        out.write(value);
        return;
      }
      int operand = number(position + 3);
      switch (number(position + 2) & 3) {
        case 0 -> out.write(value ^ operand);
        case 1 -> out.write(operand);
        case 2 -> {} // left out
        default -> {
          out.write(value);
          out.write(operand);
        }
      }
      position += 4;
      next();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int i = 0; i < length; i++) {
        write(bytes[offset + i]);
      }
    }
  }
}
