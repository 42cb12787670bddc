package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.ZeroCopyReadable;

/** Each mistake that a filter can make with offsets fails the contract test for it. */
final class BrokenOffsetFilterTest {

  private static final int START = 4096;

  /** The contract of a filter that hides the first 4 KiB. */
  private static final class OffsetContract extends BrokenFilterContract {
    OffsetContract(WrappingProvider.Wrapper wrapper) {
      super(wrapper);
    }

    @Override
    protected byte[] view(byte[] below) {
      return Arrays.copyOfRange(below, START, below.length);
    }
  }

  /** A correct filter that hides the first 4 KiB; tests break one method of it. */
  private static class OffsetDevice extends FilterBlockDevice implements ZeroCopyReadable {
    OffsetDevice(BlockDevice next) {
      super(next);
    }

    @Override
    public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
      return false;
    }

    @Override
    public long size() throws IOException {
      return next.size() - START;
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      next.read(dst, offset + START);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      next.write(src, offset + START, flags);
    }

    @Override
    public void trim(long offset, long length, Flags flags) throws IOException {
      next.trim(offset + START, length, flags);
    }

    @Override
    public void zero(long offset, long length, Flags flags) throws IOException {
      next.zero(offset + START, length, flags);
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
      next.extents(offset + START, length, flags, sink.shifted(-START));
    }

    @Override
    public void cache(long offset, long length) throws IOException {
      next.cache(offset + START, length);
    }
  }

  @Test
  void correctOffsetFilterPasses() throws Exception {
    BrokenFilterContract contract =
        new OffsetContract((request, next) -> new OffsetDevice(next.open(request)));
    contract.diskLooksAsTheFilterPromises();
    BrokenFilterContract.everySeed(contract);
    contract.eightThreadsAgreeWithTheModel(11);
    contract.flushAndForceUnitAccessReachTheDiskBelow();
    contract.flagsOfZeroReachTheDiskBelow();
    contract.failuresBelowAreReported();
    contract.failureToOpenLeavesNothingOpen();
  }

  @Test
  void offsetForgottenInExtentsIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new OffsetContract(
            (request, next) ->
                new OffsetDevice(next.open(request)) {
                  @Override
                  public void extents(long offset, long length, Flags flags, ExtentSink sink)
                      throws IOException {
                    next.extents(offset, length, flags, sink);
                  }
                }));
  }

  @Test
  void extentsThatAreNotShiftedBackAreCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new OffsetContract(
            (request, next) ->
                new OffsetDevice(next.open(request)) {
                  @Override
                  public void extents(long offset, long length, Flags flags, ExtentSink sink)
                      throws IOException {
                    next.extents(offset + START, length, flags, sink);
                  }
                }));
  }

  @Test
  void offsetForgottenInTrimIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new OffsetContract(
            (request, next) ->
                new OffsetDevice(next.open(request)) {
                  @Override
                  public void trim(long offset, long length, Flags flags) throws IOException {
                    next.trim(offset, length, flags);
                  }
                }));
  }

  @Test
  void offsetForgottenInSizeIsCaught() {
    BrokenFilterContract contract =
        new OffsetContract(
            (request, next) ->
                new OffsetDevice(next.open(request)) {
                  @Override
                  public long size() throws IOException {
                    return next.size();
                  }
                });
    assertThatThrownBy(contract::diskLooksAsTheFilterPromises).isInstanceOf(AssertionError.class);
  }

  @Test
  void zeroCopyReadOfTheWrongRangeIsCaught() {
    BrokenFilterContract.randomOperationsCatch(
        new OffsetContract(
            (request, next) ->
                new OffsetDevice(next.open(request)) {
                  @Override
                  public boolean readZeroCopy(long offset, long length, BufferList list)
                      throws IOException {
                    ByteBuffer piece = ByteBuffer.allocateDirect((int) length);
                    next.read(piece, offset); // START is forgotten
                    list.add(piece.flip());
                    return true;
                  }
                }));
  }
}
