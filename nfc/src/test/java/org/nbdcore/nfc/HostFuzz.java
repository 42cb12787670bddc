package org.nbdcore.nfc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.testkit.vsphere.InputRandom;
import org.nbdcore.testkit.vsphere.MessageMutator;

/**
 * A target for Jazzer: a conversation with a host whose messages are damaged. The input says what
 * the client does, and how each message is damaged. All happens in memory, on one thread; {@link
 * NfcRepliesFuzz} does the same over sockets.
 */
public final class HostFuzz {

  private static final byte CANARY = 0x5a;
  private static final int MARGIN = 512;
  private static final int CHUNK = 1 << 16;

  private final InputRandom random;
  private final MemoryHost host;
  private final NfcOptions options;
  private final RequestQueue queue;
  private final NfcReplyReader replies;

  /** Whether the request in flight has ended. */
  private boolean ended;

  private HostFuzz(byte[] input) {
    random = new InputRandom(input);
    NfcCompression[] all = NfcCompression.values();
    options =
        NfcOptions.defaults()
            .withBuffers(1 << 16, 1 + random.nextInt(4))
            .withCompression(all[random.nextInt(all.length)])
            .withTrace(line -> {});
    host =
        new MemoryHost(
            new MessageMutator(random, 1 + random.nextInt(24)), 512 << random.nextInt(8));
    queue = new RequestQueue(host, options, (long) options.bufferSize() * options.bufferCount());
    replies = new NfcReplyReader(host, new Requests(), options);
  }

  /** Called by Jazzer, and by HostCorpusTest for what it found. */
  public static void fuzzerTestOneInput(byte[] input) {
    HostFuzz fuzz = new HostFuzz(input);
    try {
      fuzz.converse();
    } catch (IOException e) {
      // a damaged conversation may end this way; the session then fails all its requests
      fuzz.queue.removeAll().forEach(operation -> operation.end(e));
    } finally {
      fuzz.replies.close();
    }
  }

  private void converse() throws IOException {
    host.announce(ClassicFrame.of(ClassicFrame.SESSION_PARAMETERS_REPLY, 0, 0, 0, 1));
    host.announce(ClassicFrame.of(ClassicFrame.PROTOCOL_VERSION, ClassicFrame.VERSION));
    host.announce(ClassicFrame.of(ClassicFrame.AIO_SESSION));
    new ClassicHandshake(host, options).run();
    call(ControlOperation.of(AioType.OPEN_SESSION, new byte[0], 0, 1 << 16, 1, 0));
    call(ControlOperation.of(AioType.SET_SOCKET_OPTIONS, new byte[0]));
    call(ControlOperation.of(AioType.SET_RESOURCE_POOL, new byte[0], 1));
    RemoteFile file =
        new RemoteFile(call(RemoteFile.request("[store] web/web.vmdk", false)).await());
    queue.handle(file.handle);
    for (int i = 0; i < 6; i++) {
      use(file);
    }
    call(ControlOperation.onFile(AioType.CLOSE_FILE));
    call(ControlOperation.of(AioType.CLOSE_SESSION, new byte[0]));
  }

  private void use(RemoteFile file) throws IOException {
    switch (random.nextInt(5)) {
      case 0 -> MetadataQuery.answer(call(MetadataQuery.request("adapterType")));
      case 1 -> {
        int count = MemoryHost.SIZE / CHUNK;
        AllocationQuery.answer(call(AllocationQuery.request(0, CHUNK, count)), count);
      }
      case 2 -> write(length(file));
      default -> read(length(file));
    }
  }

  private int length(RemoteFile file) {
    return (1 + random.nextInt(32)) * file.sectorSize;
  }

  private void read(int length) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(length + 2 * MARGIN);
    Arrays.fill(all.array(), CANARY);
    try {
      run(new ReadOperation(all.slice(MARGIN, length), 0, options.compression(), failure -> {}));
    } finally {
      for (int i = 0; i < MARGIN; i++) {
        if (all.get(i) != CANARY || all.get(MARGIN + length + i) != CANARY) {
          throw new IllegalStateException("bytes outside the caller's buffer were written");
        }
      }
    }
  }

  private void write(int length) throws IOException {
    run(new WriteOperation(ByteBuffer.allocate(length), 0, 1 << 16, failure -> {}));
  }

  private ControlOperation call(ControlOperation operation) throws IOException {
    run(operation);
    operation.await();
    return operation;
  }

  private void run(NfcOperation operation) throws IOException {
    ended = false;
    queue.add(operation);
    queue.send();
    while (!ended) {
      if (!replies.read()) {
        throw new EOFException("the host says no more");
      }
    }
  }

  /** As a session does, without its lock. */
  private final class Requests implements NfcReplyReader.Requests {

    @Override
    public NfcOperation find(int id) {
      return queue.find(id);
    }

    @Override
    public void ended(NfcOperation operation, IOException failure) throws NfcProtocolException {
      if (queue.unsent(operation)) {
        throw new NfcProtocolException("a reply before all was sent");
      }
      queue.remove(operation);
      operation.end(failure);
      ended = true;
    }
  }
}
