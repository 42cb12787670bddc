package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;

/** Each mistake that a filter can make fails the contract test that is there for it. */
final class BrokenFilterTest {

  /** Takes what lies beyond the range for more of the same. */
  @Test
  void lastExtentThatContinuesToTheEndOfTheDiskIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void extents(long offset, long length, Flags flags, ExtentSink sink)
                      throws IOException {
                    Extents found = new Extents(offset, length, Integer.MAX_VALUE);
                    next.extents(offset, length, flags, found);
                    long at = offset;
                    for (int i = 0; i < found.size(); i++) {
                      boolean last = at + found.length(i) == offset + length;
                      sink.add(at, last ? next.size() - at : found.length(i), found.type(i));
                      at += found.length(i);
                    }
                  }
                }));
  }

  @Test
  void staleDataOfACacheIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  private final byte[] first = new byte[512];
                  private boolean known;

                  @Override
                  public synchronized void read(ByteBuffer dst, long offset) throws IOException {
                    int start = dst.position();
                    next.read(dst, offset);
                    if (offset != 0 || dst.position() - start < first.length) {
                      return;
                    }
                    if (known) {
                      dst.put(start, first);
                    } else {
                      dst.get(start, first);
                      known = true; // and no write, trim or zero forgets it
                    }
                  }
                }));
  }

  @Test
  void dataThatIsAlteredInReadOnlyIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void read(ByteBuffer dst, long offset) throws IOException {
                    int start = dst.position();
                    next.read(dst, offset);
                    dst.put(start, (byte) (dst.get(start) ^ 1));
                  }
                }));
  }

  @Test
  void changedSourceOfAWriteIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
                    int start = src.position();
                    next.write(src, offset, flags);
                    if (!src.isReadOnly()) {
                      src.put(start, (byte) (src.get(start) + 1));
                    }
                  }
                }));
  }

  @Test
  void bufferKeptAfterTheCallIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  private ByteBuffer kept;
                  private long keptOffset;

                  @Override
                  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
                    settle();
                    kept = src.duplicate();
                    keptOffset = offset;
                  }

                  @Override
                  public void read(ByteBuffer dst, long offset) throws IOException {
                    settle();
                    next.read(dst, offset);
                  }

                  private void settle() throws IOException {
                    if (kept != null) {
                      next.write(kept, keptOffset, Flags.NONE);
                      kept = null;
                    }
                  }
                }));
  }

  @Test
  void unalignedReadModifyWriteWithoutALockIsCaughtByEightThreads() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
                    long from = offset - offset % 512;
                    long to = Math.min(next.size(), (offset + src.remaining() + 511) / 512 * 512);
                    ByteBuffer block = ByteBuffer.allocate((int) (to - from));
                    next.read(block, from);
                    block.position((int) (offset - from));
                    block.put(src).clear();
                    next.write(block, from, flags);
                  }
                }) {
          @Override
          protected List<Capabilities> capabilitiesBelow() {
            return List.of(ModelDevice.everything());
          }
        };
    assertThatThrownBy(
            () -> {
              contract.eightThreadsAgreeWithTheModel(11);
              contract.eightThreadsAgreeWithTheModel(12);
              contract.eightThreadsAgreeWithTheModel(13);
            })
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void forgottenForceUnitAccessIsCaught() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
                    next.write(src, offset, Flags.NONE);
                  }
                });
    assertThatThrownBy(contract::flushAndForceUnitAccessReachTheDiskBelow)
        .hasMessageContaining("after a write with FUA, changes of the disk below are not durable");
  }

  @Test
  void forgottenMayTrimIsCaught() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void zero(long offset, long length, Flags flags) throws IOException {
                    next.zero(offset, length, flags.without(Flags.MAY_TRIM));
                  }
                });
    assertThatThrownBy(contract::flagsOfZeroReachTheDiskBelow)
        .hasMessageContaining("flags of RecordedCall");
  }

  @Test
  void offeringWhatTheLayerBelowCannotDoIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public Capabilities capabilities() throws IOException {
                    Capabilities below = next.capabilities();
                    return below.withTrim(true).withZero(Support.NATIVE);
                  }
                }));
  }

  @Test
  void swallowedFailureIsCaught() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void trim(long offset, long length, Flags flags) {
                    try {
                      next.trim(offset, length, flags);
                    } catch (IOException e) {
                      // a trim is only a hint, this filter thinks
                    }
                  }
                });
    assertThatThrownBy(contract::failuresBelowAreReported)
        .hasMessage("a TRIM failed below with ENOSPC, but the filter reports that it succeeded");
  }

  @Test
  void deviceThatIsNotClosedIsCaught() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void close() {}
                });
    assertThatThrownBy(contract::closingClosesTheNextDeviceOnce).hasMessageContaining("left open");
  }

  @Test
  void deviceThatIsClosedTwiceIsCaught() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void close() throws IOException {
                    next.close();
                    next.close();
                  }
                });
    assertThatThrownBy(contract::closingClosesTheNextDeviceOnce)
        .hasMessageContaining("CLOSE after close");
  }

  @Test
  void flushThatFailsBeforeCloseAndLeavesTheDeviceOpenIsCaught() {
    BrokenFilterContract contract =
        new BrokenFilterContract(
            (request, next) ->
                new FilterBlockDevice(next.open(request)) {
                  @Override
                  public void close() throws IOException {
                    next.flush();
                    next.close();
                  }
                });
    assertThatThrownBy(contract::closingClosesTheNextDeviceEvenIfThatFails)
        .hasMessageContaining("left open");
  }

  @Test
  void deviceLeakedByAFailedOpenIsCaught() {
    BrokenFilterContract contract = new BrokenFilterContract(BrokenFilterTest::openAndAskForSize);
    assertThatThrownBy(contract::failureToOpenLeavesNothingOpen)
        .hasMessageContaining("left open below when call 2 failed");
  }

  private static BlockDevice openAndAskForSize(OpenRequest request, Backend next)
      throws IOException {
    BlockDevice device = next.open(request);
    device.size(); // which may throw, and then nobody closes the device
    return new FilterBlockDevice(device) {};
  }
}
