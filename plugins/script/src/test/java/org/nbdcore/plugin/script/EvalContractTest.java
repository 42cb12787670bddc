package org.nbdcore.plugin.script;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

/** A disk in a file that small programs read and write: thousands of processes. */
@Tag("long")
final class EvalContractTest extends PluginContractTest {

  private static final int SIZE = 50_001;

  @Override
  protected PluginProvider provider() {
    return new EvalProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of(
        "config=truncate -s $3 $tmpdir/disk",
        "get_size=stat -c %s $tmpdir/disk",
        "pread=dd if=$tmpdir/disk bs=64k skip=$4 count=$3 iflag=count_bytes,skip_bytes",
        "pwrite=dd of=$tmpdir/disk bs=64k seek=$4 conv=notrunc oflag=seek_bytes",
        "zero=head -c $3 /dev/zero | dd of=$tmpdir/disk bs=64k seek=$4 conv=notrunc"
            + " oflag=seek_bytes",
        "trim=exit 0",
        "flush=exit 0",
        "can_fua=echo native",
        "extents=echo 0 1M",
        "size=" + SIZE);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite()
        .withFlush(true)
        .withTrim(true)
        .withZero(Support.NATIVE)
        .withFua(Support.NATIVE)
        .withExtents(true)
        .withBlockSizes(BlockSizes.DEFAULT)
        .withLenient(true);
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }
}
