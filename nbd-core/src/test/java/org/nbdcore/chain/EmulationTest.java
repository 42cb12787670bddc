package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.TestSession;

class EmulationTest {

  private static final int SIZE = 3 * EmulatingDevice.CHUNK;

  private static final Capabilities WRITE = Capabilities.readOnly().withWrite(true);

  /** Records each call; its reads and writes work. */
  private static class Recorder implements AsyncBlockDevice, ZeroCopyReadable {
    final List<String> calls = new ArrayList<>();
    final byte[] bytes = new byte[SIZE];
    final Capabilities capabilities;

    Recorder(Capabilities capabilities) {
      this.capabilities = capabilities;
      Arrays.fill(bytes, (byte) 7);
    }

    @Override
    public boolean prefersAsync() {
      return false;
    }

    @Override
    public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler)
        throws IOException {
      return false;
    }

    @Override
    public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
        throws IOException {
      return false;
    }

    @Override
    public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
      return false;
    }

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public Capabilities capabilities() {
      return capabilities;
    }

    @Override
    public void read(ByteBuffer dst, long offset) {
      calls.add("read " + offset + "+" + dst.remaining());
      dst.position(dst.limit());
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) {
      calls.add("write " + offset + "+" + src.remaining() + " " + flags);
      src.get(bytes, (int) offset, src.remaining());
    }

    @Override
    public void flush() throws IOException {
      calls.add("flush");
    }

    @Override
    public void trim(long offset, long length, Flags flags) {
      calls.add("trim " + offset + "+" + length + " " + flags);
    }

    @Override
    public void zero(long offset, long length, Flags flags) {
      calls.add("zero " + offset + "+" + length + " " + flags);
    }

    @Override
    public void cache(long offset, long length) {
      calls.add("cache " + offset + "+" + length);
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  private static BlockDevice over(BlockDevice device) throws IOException {
    return Emulation.over(device, Session.DETACHED);
  }

  @Test
  void aDeviceWithoutEmulatedOperationsIsNotWrapped() throws IOException {
    for (Support support : List.of(Support.NONE, Support.NATIVE)) {
      Recorder device = new Recorder(WRITE.withFua(support).withZero(support).withCache(support));
      assertThat(over(device)).isSameAs(device);
    }
    Recorder readOnly = new Recorder(Capabilities.readOnly().withZero(Support.EMULATE));
    assertThat(over(readOnly)).isSameAs(readOnly);
  }

  @Test
  void emulatedZeroWritesZeroesInChunks() throws IOException {
    Recorder device = new Recorder(WRITE.withZero(Support.EMULATE));
    BlockDevice over = over(device);
    assertThat(over.capabilities().zero()).isEqualTo(Support.NATIVE);
    over.zero(5, 2L * EmulatingDevice.CHUNK + 3, Flags.MAY_TRIM);
    assertThat(device.calls)
        .containsExactly(
            "write 5+" + EmulatingDevice.CHUNK + " none",
            "write " + (5 + EmulatingDevice.CHUNK) + "+" + EmulatingDevice.CHUNK + " none",
            "write " + (5 + 2 * EmulatingDevice.CHUNK) + "+3 none");
    for (int i = 0; i < SIZE; i++) {
      boolean zeroed = i >= 5 && i < 8 + 2 * EmulatingDevice.CHUNK;
      assertThat(device.bytes[i]).as("byte " + i).isEqualTo((byte) (zeroed ? 0 : 7));
    }
  }

  @Test
  void emulatedZeroAndCacheStopWhenTheClientDisconnects() throws IOException {
    TestSession session = new TestSession();
    Recorder device =
        new Recorder(WRITE.withZero(Support.EMULATE).withCache(Support.EMULATE)) {
          @Override
          public void write(ByteBuffer src, long offset, Flags flags) {
            super.write(src, offset, flags);
            session.disconnectClient();
          }
        };
    BlockDevice over = Emulation.over(device, session);
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> over.zero(0, SIZE, Flags.NONE),
            () -> over.cache(0, 2L * EmulatingDevice.LARGE_CHUNK))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
    }
    assertThat(device.calls)
        .containsExactly(
            "write 0+" + EmulatingDevice.CHUNK + " none", "read 0+" + EmulatingDevice.LARGE_CHUNK);
    over.zero(0, 4096, Flags.NONE); // a single chunk is still executed
  }

  @Test
  void emulatedZeroRespectsTheMaximumBlockSize() throws IOException {
    Recorder device =
        new Recorder(WRITE.withZero(Support.EMULATE).withBlockSizes(BlockSizes.of(1, 512, 1000)));
    over(device).zero(0, 2500, Flags.NONE);
    assertThat(device.calls)
        .containsExactly("write 0+1000 none", "write 1000+1000 none", "write 2000+500 none");
  }

  @Test
  void aFastZeroFailsAtOnceAndChangesNothing() throws IOException {
    Recorder device = new Recorder(WRITE.withZero(Support.EMULATE));
    BlockDevice over = over(device);
    assertThat(over.capabilities().fastZero()).isTrue();
    assertThatThrownBy(() -> over.zero(0, 10, Flags.FAST_ZERO))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP));
    assertThat(device.calls).isEmpty();
  }

  @Test
  void emulatedFuaFlushesAfterEachRequest() throws IOException {
    Recorder device =
        new Recorder(
            WRITE.withTrim(true).withFlush(true).withFua(Support.EMULATE).withZero(Support.NATIVE));
    BlockDevice over = over(device);
    assertThat(over.capabilities().fua()).isEqualTo(Support.NATIVE);
    over.write(ByteBuffer.allocate(4), 8, Flags.FUA);
    over.trim(8, 4, Flags.FUA);
    over.zero(8, 4, Flags.FUA.with(Flags.MAY_TRIM));
    over.write(ByteBuffer.allocate(4), 8, Flags.NONE);
    assertThat(device.calls)
        .containsExactly(
            "write 8+4 none",
            "flush",
            "trim 8+4 none",
            "flush",
            "zero 8+4 " + Flags.MAY_TRIM,
            "flush",
            "write 8+4 none");
  }

  @Test
  void capabilitiesReportWhetherFuaFlushes() throws IOException {
    Capabilities can = WRITE.withFlush(true);
    assertThat(over(new Recorder(can.withFua(Support.EMULATE))).capabilities().fuaFlushes())
        .isTrue();
    assertThat(over(new Recorder(can.withFua(Support.NATIVE))).capabilities().fuaFlushes())
        .isFalse();
  }

  @Test
  void lostWritesReportedToAnFuaRequestFailTheNextFlushToo() throws IOException {
    Recorder device =
        new Recorder(WRITE.withFlush(true).withFua(Support.EMULATE)) {
          @Override
          public void flush() throws IOException {
            super.flush();
            if (calls.indexOf("flush") == calls.lastIndexOf("flush")) {
              throw new LostWritesException("planted");
            }
          }
        };
    BlockDevice over = over(device);
    assertThatThrownBy(() -> over.write(ByteBuffer.allocate(4), 8, Flags.FUA))
        .isInstanceOf(LostWritesException.class);
    assertThatThrownBy(over::flush).isInstanceOf(LostWritesException.class);
    over.flush();
  }

  @Test
  void fuaOfAnEmulatedZeroIsOneFlushAtTheEnd() throws IOException {
    for (Support fua : List.of(Support.EMULATE, Support.NATIVE)) {
      Recorder device = new Recorder(WRITE.withFlush(true).withFua(fua).withZero(Support.EMULATE));
      over(device).zero(0, EmulatingDevice.CHUNK + 1L, Flags.FUA);
      assertThat(device.calls)
          .containsExactly(
              "write 0+" + EmulatingDevice.CHUNK + " none",
              "write " + EmulatingDevice.CHUNK + "+1 none",
              "flush");
    }
  }

  @Test
  void withoutFlushAnEmulatedZeroPassesFuaToEachWrite() throws IOException {
    Recorder device = new Recorder(WRITE.withFua(Support.NATIVE).withZero(Support.EMULATE));
    over(device).zero(0, 4, Flags.FUA);
    assertThat(device.calls).containsExactly("write 0+4 " + Flags.FUA);
  }

  @Test
  void fuaIsNotOfferedWithoutAFlushToEmulateIt() throws IOException {
    Recorder device = new Recorder(WRITE.withFua(Support.EMULATE));
    assertThat(over(device).capabilities().fua()).isEqualTo(Support.NONE);
  }

  @Test
  void emulatedCacheReadsAndDiscards() throws IOException {
    Recorder device = new Recorder(Capabilities.readOnly().withCache(Support.EMULATE));
    BlockDevice over = over(device);
    assertThat(over.capabilities().cache()).isEqualTo(Support.NATIVE);
    assertThat(over.capabilities().cacheDiscards()).isTrue();
    over.cache(1, 5);
    over.cache(1, EmulatingDevice.LARGE_CHUNK + 5L);
    assertThat(device.calls)
        .containsExactly(
            "read 1+5",
            "read 1+" + EmulatingDevice.LARGE_CHUNK,
            "read " + (1 + EmulatingDevice.LARGE_CHUNK) + "+5");
  }

  @Test
  void aLongCacheRequestDoesNotWaitForAnotherOne() throws IOException {
    List<String> inner = new ArrayList<>();
    Recorder second = new Recorder(Capabilities.readOnly().withCache(Support.EMULATE));
    Recorder first =
        new Recorder(Capabilities.readOnly().withCache(Support.EMULATE)) {
          @Override
          public void read(ByteBuffer dst, long offset) {
            try {
              over(second).cache(0, EmulatingDevice.CHUNK + 5L);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
            inner.addAll(second.calls);
            super.read(dst, offset);
          }
        };
    over(first).cache(0, EmulatingDevice.CHUNK + 5L);
    assertThat(first.calls).containsExactly("read 0+" + (EmulatingDevice.CHUNK + 5));
    assertThat(inner)
        .containsExactly("read 0+" + EmulatingDevice.CHUNK, "read " + EmulatingDevice.CHUNK + "+5");
  }

  @Test
  void nativeFuaIsForwarded() throws IOException {
    Recorder device =
        new Recorder(WRITE.withFlush(true).withFua(Support.NATIVE).withCache(Support.EMULATE));
    BlockDevice over = over(device);
    over.write(ByteBuffer.allocate(4), 0, Flags.FUA);
    assertThat(device.calls).containsExactly("write 0+4 " + Flags.FUA);
  }

  @Test
  void zeroCopyReadsOfTheDeviceAreForwarded() throws IOException {
    Capabilities capabilities = WRITE.withCache(Support.EMULATE);
    Recorder zeroCopyDevice =
        new Recorder(capabilities) {
          @Override
          public boolean readZeroCopy(long offset, long length, BufferList list) {
            list.addZeroes(length);
            return true;
          }
        };
    List<Long> added = new ArrayList<>();
    BufferList list =
        new BufferList() {
          @Override
          public void add(ByteBuffer bytes) {
            throw new AssertionError("there is no memory");
          }

          @Override
          public void addZeroes(long length) {
            added.add(length);
          }
        };
    BlockDevice device =
        new EmulatingDevice(zeroCopyDevice, Session.DETACHED, capabilities, capabilities);
    assertThat(BlockDevices.readZeroCopy(device, 0, 4096, list)).isTrue();
    assertThat(added).containsExactly(4096L);
  }

  @Test
  void asyncRequestsAreForwardedExceptWritesWithEmulatedFua() throws IOException {
    Capabilities inner = WRITE.withFlush(true).withFua(Support.EMULATE).withCache(Support.EMULATE);
    List<String> forwarded = new ArrayList<>();
    Recorder asyncDevice =
        new Recorder(inner) {
          @Override
          public boolean prefersAsync() {
            return true;
          }

          @Override
          public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
            forwarded.add("read " + offset);
            return true;
          }

          @Override
          public boolean writeAsync(
              ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
            forwarded.add("write " + offset + " " + flags);
            return true;
          }
        };
    BlockDevice device = over(asyncDevice);
    assertThat(BlockDevices.prefersAsync(device)).isTrue();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocate(4), 4, result -> {})).isTrue();
    assertThat(BlockDevices.writeAsync(device, ByteBuffer.allocate(4), 8, Flags.NONE, result -> {}))
        .isTrue();
    assertThat(BlockDevices.writeAsync(device, ByteBuffer.allocate(4), 12, Flags.FUA, result -> {}))
        .isFalse();
    assertThat(forwarded).containsExactly("read 4", "write 8 none");
  }
}
