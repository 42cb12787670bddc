package org.nbdcore.filter.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class ProtectFilterTest {

  private static final ProtectFilterProvider PROVIDER = new ProtectFilterProvider();

  private final ModelDisk disk = new ModelDisk(1 << 18).fill(1);

  @Test
  void nothingIsProtectedByDefault() throws IOException {
    write(open(), 0, bytes(9, 1 << 18), Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("write 0+262144");
  }

  @Test
  void firstAndLastByteOfARangeAreProtected() throws IOException {
    BlockDevice device = open("protect=0x10-037"); // 16 to 31
    write(device, 15, bytes(0x55, 1), Flags.NONE);
    write(device, 32, bytes(0x55, 1), Flags.NONE);
    refused(() -> write(device, 16, bytes(0x55, 1), Flags.NONE), "write", 16);
    refused(() -> write(device, 31, bytes(0x55, 1), Flags.NONE), "write", 31);
    refused(() -> write(device, 0, bytes(0x55, 100_000), Flags.NONE), "write", 16);
    assertThat(disk.bytes[0]).isEqualTo(ModelDisk.at(1, 0));
  }

  @Test
  void writeThatChangesNoProtectedByteSucceeds() throws IOException {
    BlockDevice device = open("protect=100000-200000");
    byte[] data = read(device, 0, 1 << 18);
    data[99_999]++;
    data[200_001]++;
    write(device, 0, data, Flags.NONE);
    assertThat(disk.bytes).isEqualTo(data);
    data[200_000]++;
    refused(() -> write(device, 0, data, Flags.NONE), "write", 200_000);
  }

  @Test
  void startOrEndOfARangeMayBeOmitted() throws IOException {
    BlockDevice start = open("protect=-9");
    refused(() -> write(start, 9, bytes(0x55, 2), Flags.NONE), "write", 9);
    write(start, 10, bytes(0x55, 1 << 10), Flags.NONE);
    BlockDevice end = open("protect=262143-");
    refused(() -> write(end, 0, bytes(0x55, 1 << 18), Flags.NONE), "write", 262_143);
    write(end, 262_142, bytes(0x55, 1), Flags.NONE);
  }

  @Test
  void aTildeProtectsEverythingElse() throws IOException {
    BlockDevice device = open("protect=~4096-8191");
    write(device, 4096, bytes(0x55, 4096), Flags.NONE);
    refused(() -> write(device, 4095, bytes(0x55, 1), Flags.NONE), "write", 4095);
    refused(() -> write(device, 4096, bytes(0x55, 4097), Flags.NONE), "write", 8192);
    write(open("protect=~-"), 0, bytes(1, 9), Flags.NONE); // all but everything is nothing
  }

  @Test
  void severalRangesAreCombined() throws IOException {
    BlockDevice device = open("protect=500-599", "protect=0-9", "protect=550-700");
    refused(() -> write(device, 0, bytes(0x55, 1), Flags.NONE), "write", 0);
    refused(() -> write(device, 10, bytes(0x55, 1000), Flags.NONE), "write", 500);
    refused(() -> write(device, 650, bytes(0x55, 1000), Flags.NONE), "write", 650);
    write(device, 10, bytes(0x55, 490), Flags.NONE);
    write(device, 701, bytes(0x55, 490), Flags.NONE);
  }

  @Test
  void zeroAndTrimSucceedIfProtectedBytesAreZero() throws IOException {
    BlockDevice device = open("protect=1000-1999", "protect=5000-5999");
    refused(() -> device.zero(0, 4096, Flags.NONE), "zero", 1000);
    refused(() -> device.trim(0, 4096, Flags.NONE), "trim", 1000);
    java.util.Arrays.fill(disk.bytes, 1000, 2000, (byte) 0);
    java.util.Arrays.fill(disk.bytes, 5000, 6000, (byte) 0);
    disk.drainCalls();
    device.trim(500, 9500, Flags.FUA);
    assertThat(disk.drainCalls())
        .contains("trim 500+500 flags=fua", "trim 2000+3000 flags=fua", "trim 6000+4000 flags=fua")
        .noneMatch(call -> call.startsWith("trim 1") || call.startsWith("trim 5+"));
    device.zero(0, 4096, Flags.NONE);
    assertThat(disk.drainCalls()).contains("zero 0+4096");
  }

  @Test
  void partlyProtectedBlocksAreAccessedWithAlignedRequests() throws IOException {
    disk.withBlockSizes(512, 4096, 8192).allocate(0, 1 << 18, true);
    java.util.Arrays.fill(disk.bytes, 0, 4096, (byte) 0);
    BlockDevice device = open("protect=700-1100");
    device.trim(0, 4096, Flags.NONE);
    assertThat(disk.drainCalls()).contains("trim 0+512", "trim 1536+2560");
    refused(() -> write(device, 512, bytes(7, 512), Flags.NONE), "write", 700);
  }

  @Test
  void zeroIsCheckedWithoutReadingHoles() throws IOException {
    BlockDevice device = open("protect=0-65535");
    java.util.Arrays.fill(disk.bytes, 0, 65536, (byte) 0);
    disk.allocate(0, 65536, false);
    device.zero(0, 65536, Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("extents 0+65536", "zero 0+65536");
    disk.with(ModelDisk.ALL.withExtents(false).withBlockSizes(BlockSizes.DEFAULT));
    open("protect=0-65535").zero(0, 65536, Flags.NONE);
    assertThat(disk.drainCalls()).containsExactly("read 0+65536", "zero 0+65536");
  }

  @Test
  void invalidRangesAreRefused() {
    rejected(
        "must be START-END, where either may be left out, or ~START-END, not '100'", "protect=100");
    rejected("must not end before it starts, as '9-8' does", "protect=9-8");
    rejected(
        "must hold numbers below 8E, decimal, 0x hexadecimal or 0 octal, not '08-9'",
        "protect=08-9");
  }

  private static void rejected(String message, String pair) {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, pair))
        .isInstanceOf(ConfigException.class)
        .hasMessage("protect " + message);
  }

  private static void refused(ThrowingCallable call, String operation, long offset) {
    assertThatThrownBy(call)
        .hasMessage("this %s would change the byte at %d, which is protected", operation, offset)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(PROVIDER, disk, pairs);
  }
}
