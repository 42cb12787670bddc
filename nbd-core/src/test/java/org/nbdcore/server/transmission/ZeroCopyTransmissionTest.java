package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Magic;
import org.nbdcore.server.FakeWire;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Zero-copy reads: which bytes the server sends directly, and which it copies. */
@Timeout(30)
final class ZeroCopyTransmissionTest extends TransmissionFixture {

  /** Answers each read with the same bytes. */
  private static final class MemoryDevice extends PassThroughDevice implements ZeroCopyReadable {

    private final Runnable before;

    MemoryDevice(Runnable before) {
      super(new ModelDevice(1 << 20));
      this.before = before;
    }

    @Override
    public boolean readZeroCopy(long offset, long length, BufferList buffers) {
      before.run();
      buffers.add(ByteBuffer.allocateDirect((int) length));
      return true;
    }
  }

  /** A zero-copy read is copied if another thread is sending a reply. */
  @Test
  void aZeroCopyReadFailsIfThereIsNoMemoryForItsCopy() throws Exception {
    int length = 1 << 16;
    FakeWire wire = new FakeWire(reads(length));
    wire.end();
    transmission(
        wire,
        new MemoryDevice(
            () -> {
              assertThat(self.replyQueue.begin()).isTrue(); // as another thread does
              shortage = size -> size == length;
            }));
    self.begin(self.pool.acquireBase(Receiver.SLAB), 0, 0);
    self.replyQueue.end();
    assertThat(errors(wire, length)).containsExactly(NbdError.ENOMEM.wireValue());
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  @Test
  void theCopyOfAZeroCopyReadIsReleasedIfTheClientDisconnects() throws Exception {
    FakeWire wire = new FakeWire(reads(512, LONG));
    wire.end();
    transmission(
        wire,
        new MemoryDevice(
            () -> {
              assertThat(self.replyQueue.begin()).isTrue(); // as another thread does
              shortage =
                  size -> {
                    if (size == LONG) { // the copy is made
                      wire.disconnect("planned");
                      self.replyQueue.abandon(new IOException("planned"));
                    }
                    return false;
                  };
            }));
    self.begin(self.pool.acquireBase(Receiver.SLAB), 0, 0);
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  private static final int LONG = 1 << 16;

  @TempDir Path dir;

  /** Adds ranges of a file to zero-copy reads; long reads that copy fail. */
  private BlockDevice fileDevice(FileChannel file) {
    return new PassThroughDevice(new ModelDevice(1 << 20)) {
      @Override
      public boolean readZeroCopy(long offset, long length, BufferList buffers) {
        if (!buffers.acceptsFiles()) {
          return false;
        }
        buffers.addFile(file, offset, length);
        return true;
      }

      @Override
      public void read(ByteBuffer dst, long offset) throws IOException {
        if (dst.remaining() >= LONG) {
          throw new IOException("copied");
        }
        file.read(dst, offset);
      }
    };
  }

  private FileChannel file() throws IOException {
    byte[] content = new byte[3 * LONG];
    new Random(5).nextBytes(content);
    return FileChannel.open(Files.write(dir.resolve("disk"), content));
  }

  private static ByteBuffer read(long offset, int length) {
    return RawNbdClient.requestHeader(0, Command.READ, offset, offset, length);
  }

  private static byte[] replies(FileChannel file, long[] offsets, int[] lengths)
      throws IOException {
    ByteBuffer all = ByteBuffer.allocate(4 * LONG);
    for (int i = 0; i < offsets.length; i++) {
      all.putInt(Magic.SIMPLE_REPLY).putInt(0).putLong(offsets[i]);
      all.limit(all.position() + lengths[i]);
      file.read(all, offsets[i]);
      all.limit(all.capacity());
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  @Test
  void workersSendFromFilesAndRepliesStayInOrder() throws Exception {
    long[] offsets = {0, 100, LONG, 4096, 3};
    int[] lengths = {LONG, 512, LONG + 7, 600, LONG};
    ByteBuffer requests = ByteBuffer.allocate(1000);
    for (int i = 0; i < offsets.length; i++) {
      requests.put(read(offsets[i], lengths[i]));
    }
    FakeWire wire = new FakeWire(requests.flip());
    wire.end();
    try (FileChannel file = file()) {
      Transmission transmission = transmission(wire, fileDevice(file));
      transmission.speed.overtaken(); // requests go to workers
      assertThat(transmission.replyQueue.begin()).isTrue(); // as another thread does
      transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
      Runnable worker = threads.remove();
      threads.clear(); // a single worker executes all requests, so that the order is known
      worker.run();
      assertThat(wire.received()).isEmpty();
      assertThat(pool.inUse()).as("what is not in the file").isBetween(512L + 600, LONG - 1L);
      transmission.replyQueue.end();
      assertThat(wire.received()).isEqualTo(replies(file, offsets, lengths));
    }
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void aWorkerCopiesAZeroCopyReadFromMemory() throws Exception {
    FakeWire wire = new FakeWire(reads(LONG, LONG));
    wire.end();
    Transmission transmission = transmission(wire, new MemoryDevice(() -> {}));
    transmission.speed.overtaken();
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    runThreads();
    assertThat(errors(wire, LONG)).containsExactly(0, 0);
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  /** A range of a file may be sent later, so that no copy is needed. */
  @Test
  void aReadFromAFileNeedsNoMemoryWhileAnotherThreadSends() throws Exception {
    FakeWire wire = new FakeWire(read(0, LONG));
    wire.end();
    try (FileChannel file = file()) {
      Transmission transmission = transmission(wire, fileDevice(file));
      assertThat(transmission.replyQueue.begin()).isTrue();
      shortage = size -> size == LONG;
      transmission.begin(transmission.pool.acquireBase(Receiver.SLAB), 0, 0);
      transmission.replyQueue.end();
      assertThat(wire.received()).isEqualTo(replies(file, new long[] {0}, new int[] {LONG}));
    }
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }
}
