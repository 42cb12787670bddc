package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Zeroes;

/** A correct plugin passes the contract test, and broken ones do not. */
class ArrayPluginTest extends PluginContractTest {

  private static final int SIZE = 300_000;

  private interface Wrapper {
    BlockDevice wrap(BlockDevice device);
  }

  /** The contract of a broken plugin, run by hand. */
  private static final class Broken extends ArrayPluginTest {
    private final Wrapper wrapper;

    Broken(Wrapper wrapper) {
      this.wrapper = wrapper;
    }

    @Override
    protected PluginProvider provider() {
      return new ArrayProvider() {
        @Override
        BlockDevice wrap(BlockDevice device) {
          return wrapper.wrap(device);
        }
      };
    }

    @Override
    Duration completionTimeout() {
      return Duration.ofMillis(300);
    }
  }

  @Override
  protected PluginProvider provider() {
    return new ArrayProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=" + SIZE);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return ModelDevice.everything();
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }

  @Test
  void readThatLeavesThePositionIsCaught() {
    Broken broken = new Broken(ArrayProvider::positionForgotten);
    assertThatThrownBy(() -> broken.randomOperationsAgreeWithTheModel(1))
        .hasMessageContaining("seed 1")
        .hasMessageContaining("position");
  }

  @Test
  void zeroesReportedOverDataAreCaught() {
    Broken broken =
        new Broken(
            device ->
                new FilterBlockDevice(device) {
                  @Override
                  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
                    sink.add(offset, length, ExtentSink.ZERO);
                  }
                });
    assertThatThrownBy(() -> broken.randomOperationsAgreeWithTheModel(1))
        .hasMessageContaining("reported to read as zeroes");
    assertThatThrownBy(() -> broken.eightThreadsAgreeWithTheModel(11))
        .hasMessageContaining("reported to read as zeroes");
  }

  /** What is true of the range is said of the rest of the disk too. */
  @Test
  void zeroesReportedOverDataBeyondTheRangeAreCaught() {
    isCaught(
        device ->
            new FilterBlockDevice(device) {
              @Override
              public void extents(long offset, long length, Flags flags, ExtentSink sink)
                  throws IOException {
                ByteBuffer range = ByteBuffer.allocate((int) length);
                next.read(range, offset);
                if (Zeroes.isZero(range, 0, (int) length)) {
                  sink.add(offset, next.size() - offset, ExtentSink.ZERO);
                } else {
                  sink.add(offset, length, ExtentSink.DATA);
                }
              }
            },
        "beyond the requested range, it does not");
  }

  @Test
  void overlappingRunsAreCaught() {
    Broken broken =
        new Broken(
            device ->
                new FilterBlockDevice(device) {
                  @Override
                  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
                    sink.add(offset, length, ExtentSink.DATA);
                    sink.add(offset, length, ExtentSink.DATA);
                  }
                });
    assertThatThrownBy(broken::extentsOfTheWholeDiskAreTrue)
        .hasMessageContaining("extent at ")
        .hasMessageContaining("does not begin where the last ended");
  }

  @Test
  void extentsWithoutARunAreCaught() {
    Broken broken =
        new Broken(
            device ->
                new FilterBlockDevice(device) {
                  @Override
                  public void extents(long offset, long length, Flags flags, ExtentSink sink) {}
                });
    assertThatThrownBy(broken::extentsOfTheWholeDiskAreTrue).isInstanceOf(AssertionError.class);
  }

  @Test
  void writeThatIsLostOnCloseIsCaught() {
    Broken broken =
        new Broken(
            device -> {
              BlockDevice own = new ModelDevice(SIZE);
              return new FilterBlockDevice(device) {
                @Override
                public void read(ByteBuffer dst, long offset) throws IOException {
                  own.read(dst, offset);
                }

                @Override
                public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
                  own.write(src, offset, flags);
                }
              };
            });
    assertThatThrownBy(broken::whatIsWrittenIsThereWhenOpenedAgain)
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void writeToADiskThatOffersNoneIsCaught() {
    Broken broken =
        new Broken(
            device ->
                new FilterBlockDevice(device) {
                  @Override
                  public Capabilities capabilities() throws IOException {
                    return next.capabilities().withWrite(false);
                  }
                });
    assertThatThrownBy(broken::whatIsNotOfferedThrows).isInstanceOf(AssertionError.class);
  }

  private static void isCaught(Wrapper wrapper, String message) {
    assertThatThrownBy(() -> new Broken(wrapper).randomOperationsAgreeWithTheModel(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message);
  }

  @Test
  void readThatLowersTheLimitIsCaught() {
    isCaught(
        device ->
            new FilterBlockDevice(device) {
              @Override
              public void read(ByteBuffer dst, long offset) throws IOException {
                next.read(dst, offset);
                dst.position(dst.position() - 1).limit(dst.position());
              }
            },
        "the limit after a read");
  }

  @Test
  void declinedZeroCopyReadThatAddsBytesIsCaught() {
    isCaught(
        device ->
            new PassThroughDevice(device) {
              @Override
              public boolean readZeroCopy(long offset, long length, BufferList buffers) {
                buffers.addZeroes(length);
                return false;
              }
            },
        "zero-copy read that the device declined");
  }

  /** Ends reads at once, and again where a test wants it. */
  private static class EndsAtOnce extends PassThroughDevice {

    EndsAtOnce(BlockDevice next) {
      super(next);
    }

    @Override
    public boolean prefersAsync() {
      return true;
    }

    @Override
    public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
        throws IOException {
      next.read(dst.duplicate(), offset);
      completion.completed(() -> {});
      return true;
    }
  }

  @Test
  void requestThatCompletesTwiceIsCaught() {
    isCaught(
        device ->
            new EndsAtOnce(device) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
                  throws IOException {
                completion.completed(() -> {});
                return super.readAsync(dst, offset, completion);
              }
            },
        "completed 2 times");
  }

  @Test
  void requestThatCompletesAgainLaterIsCaught() {
    isCaught(
        device ->
            new EndsAtOnce(device) {
              private CompletionHandler last = result -> {};

              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
                  throws IOException {
                last.completed(() -> {});
                last = completion;
                return super.readAsync(dst, offset, completion);
              }
            },
        "completed 2 times");
  }

  @Test
  void requestThatNeverCompletesIsCaught() {
    isCaught(
        device ->
            new EndsAtOnce(device) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
                return true;
              }
            },
        "did not complete within 0.3 seconds");
  }

  @Test
  void completionOfADeclinedRequestIsCaught() {
    isCaught(
        device ->
            new EndsAtOnce(device) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
                completion.completed(() -> {});
                return false;
              }
            },
        "an asynchronous request that the device declined completed once");
  }

  @Test
  void readThatCompletesBeforeItsDataIsThereIsCaught() {
    isCaught(
        device ->
            new EndsAtOnce(device) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler) {
                handler.completed(() -> {});
                return true;
              }
            },
        "asynchronous read of 10862+228, after its completion: the byte at 10862 is 0xa7");
  }

  @Test
  void writeThatCompletesWithoutBeingMadeIsCaught() {
    isCaught(
        device ->
            new EndsAtOnce(device) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler) {
                return false;
              }

              @Override
              public boolean writeAsync(
                  ByteBuffer src, long offset, Flags flags, CompletionHandler handler) {
                handler.completed(() -> {});
                return true;
              }
            },
        "read of");
  }

  private static class LenientDisk extends FilterBlockDevice {

    LenientDisk(BlockDevice next) {
      super(next);
    }

    @Override
    public Capabilities capabilities() throws IOException {
      BlockSizes sizes = BlockSizes.DEFAULT.withMinimum(512);
      return next.capabilities().withBlockSizes(sizes).withLenient(true);
    }
  }

  /** A disk that accepts unaligned requests, but serves them at the start of their block. */
  @Test
  void lenientDiskThatRoundsIsCaught() {
    isCaught(
        device ->
            new LenientDisk(device) {
              @Override
              public void read(ByteBuffer dst, long offset) throws IOException {
                next.read(dst, offset & -512);
              }
            },
        "a lenient disk must execute each unaligned request exactly, or refuse it");
  }

  @Test
  void lenientDiskThatRefusesWhatItHasWrittenIsCaught() {
    isCaught(
        device ->
            new LenientDisk(device) {
              @Override
              public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
                next.write(src, offset, flags);
                if ((offset & 511) != 0) {
                  throw new NbdException(NbdError.EINVAL, "not aligned");
                }
              }
            },
        "or refuse it with EINVAL and change nothing (minimum block size 512)");
  }
}
