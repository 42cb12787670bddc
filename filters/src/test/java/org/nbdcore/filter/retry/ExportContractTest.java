package org.nbdcore.filter.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;

/** A client was told what the disk offers, so a reopened disk must offer all of it. */
final class ExportContractTest {

  private static final int SIZE = 4096;
  private static final BlockSizes SIZES = BlockSizes.of(8, 512, 2048);
  private static final Capabilities ALL = ModelDisk.ALL.withBlockSizes(SIZES);

  private static BlockDevice disk(int size, Capabilities capabilities, String... metaContexts)
      throws IOException {
    BlockDevice disk = new ModelDisk(size).with(capabilities).open(OpenRequest.detached("", false));
    return new PassThroughDevice(disk) {
      @Override
      public List<String> metaContexts() {
        return List.of(metaContexts);
      }
    };
  }

  private static void check(BlockDevice then, BlockDevice now, boolean readOnly)
      throws IOException {
    ExportContract.of(then).check(now, readOnly);
  }

  private static void assertRefused(BlockDevice then, BlockDevice now, String why) {
    assertThatThrownBy(() -> check(then, now, false))
        .hasMessage("the disk was reopened, but " + why)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EIO));
  }

  private static Arguments without(String what, UnaryOperator<Capabilities> change) {
    return Arguments.of(what, change);
  }

  /** What a client uses, and how a disk is without it. */
  static Stream<Arguments> uses() {
    return Stream.of(
        without("extents", all -> all.withExtents(false)),
        without("cache", all -> all.withCache(Support.NONE)),
        without("cache", all -> all.withCache(Support.EMULATE)),
        without("multi-conn", all -> all.withMultiConn(false)));
  }

  /** The same of what only a client that writes uses. */
  static Stream<Arguments> usesOfWriters() {
    return Stream.of(
        without("write", all -> all.withWrite(false)),
        without("flush", all -> all.withFlush(false)),
        without("trim", all -> all.withTrim(false)),
        without("zero", all -> all.withZero(Support.EMULATE)),
        without("fast zero", all -> all.withFastZero(false)),
        without("FUA", all -> all.withFua(Support.EMULATE)));
  }

  @ParameterizedTest
  @MethodSource({"uses", "usesOfWriters"})
  void aReopenedDiskThatLacksWhatTheClientMayUseIsRefused(
      String what, UnaryOperator<Capabilities> change) throws IOException {
    BlockDevice all = disk(SIZE, ALL);
    BlockDevice less = disk(SIZE, change.apply(ALL));
    assertRefused(all, less, "it no longer offers " + what);
    assertThatCode(() -> check(less, all, false)).doesNotThrowAnyException();
    assertThatCode(() -> check(less, less, false)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("usesOfWriters")
  void aDiskReopenedForReadingMayLackWhatWritersUse(String what, UnaryOperator<Capabilities> change)
      throws IOException {
    check(disk(SIZE, ALL), disk(SIZE, change.apply(ALL)), true);
  }

  @ParameterizedTest
  @MethodSource("usesOfWriters")
  void aClientThatMayNotWriteDoesNotMissWhatWritersUse(
      String what, UnaryOperator<Capabilities> change) throws IOException {
    check(disk(SIZE, ALL.withWrite(false)), disk(SIZE, change.apply(ALL)), false);
  }

  @ParameterizedTest
  @MethodSource("uses")
  void aDiskReopenedForReadingNeedsWhatReadersUse(String what, UnaryOperator<Capabilities> change)
      throws IOException {
    BlockDevice all = disk(SIZE, ALL);
    BlockDevice less = disk(SIZE, change.apply(ALL));
    assertThatThrownBy(() -> check(all, less, true))
        .hasMessage("the disk was reopened, but it no longer offers " + what);
  }

  @Test
  void theSizeStaysTheSame() throws IOException {
    BlockDevice then = disk(SIZE, ALL);
    assertRefused(then, disk(SIZE + 512, ALL), "its size changed from 4096 to 4608 bytes");
    assertRefused(then, disk(SIZE - 512, ALL), "its size changed from 4096 to 3584 bytes");
  }

  @Test
  void blockSizesMayOnlyBecomeMoreLiberal() throws IOException {
    BlockDevice then = disk(SIZE, ALL);
    for (BlockSizes narrower : List.of(SIZES.withMinimum(16), SIZES.withMaximum(1024))) {
      assertRefused(
          then,
          disk(SIZE, ALL.withBlockSizes(narrower)),
          "its block sizes changed from " + SIZES + " to " + narrower);
    }
    check(then, disk(SIZE, ALL.withBlockSizes(BlockSizes.of(1, 4096, 4096))), false);
  }

  @Test
  void metaContextsStay() throws IOException {
    BlockDevice then = disk(SIZE, ALL, "x:dirty", "x:depth");
    assertRefused(then, disk(SIZE, ALL, "x:dirty"), "it no longer offers its meta contexts");
    check(then, disk(SIZE, ALL, "x:new", "x:depth", "x:dirty"), false);
  }
}
