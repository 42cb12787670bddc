package org.nbdcore.filter.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.TestSession;

final class LogFilterTest {

  @TempDir private Path folder;
  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void everyActionIsLoggedInTheFormatOfNbdkit() throws Exception {
    Path file = folder.resolve("log");
    Filter filter = filter("logfile=" + file);
    filter.start(disk, StartContext.NONE);
    filter.preconnect(new TestSession(7), disk);
    filter.listExports(OpenRequest.detached("", false), disk);
    BlockDevice device = new LogFilterWithNumber(filter).open();
    read(device, 0, 512);
    write(device, 16, bytes(1, 16), Flags.FUA);
    device.flush();
    device.trim(0, 512, Flags.NONE);
    device.zero(0, 512, Flags.MAY_TRIM.with(Flags.FAST_ZERO));
    device.cache(0, 512);
    assertThat(Chains.extents(device, 0, 512, Flags.REQ_ONE)).isEqualTo("0+512=3");
    device.close();
    filter.close();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\d [0-9:]{8}\\.\\d{6} .*"));
    assertThat(lines.stream().map(line -> line.substring(27)))
        .containsExactly(
            "Ready thread_model=3",
            "connection=7 Preconnect ",
            "ListExports id=1 readonly=0 tls=0 ...",
            "...ListExports id=1 exports=(\"\") return=0",
            "connection=7 Connect export=\"a\\$b\" tls=0 size=0x10000 minsize=0x1 prefsize=0x1000"
                + " maxsize=0xffffffff write=1 flush=1 rotational=0 trim=1 zero=2 fua=2 extents=1"
                + " cache=2 fast_zero=1",
            "connection=7 Read id=1 offset=0x0 count=0x200 ...",
            "connection=7 ...Read id=1 return=0",
            "connection=7 Write id=2 offset=0x10 count=0x10 fua=1 ...",
            "connection=7 ...Write id=2 return=0",
            "connection=7 Flush id=3 ...",
            "connection=7 ...Flush id=3 return=0",
            "connection=7 Trim id=4 offset=0x0 count=0x200 fua=0 ...",
            "connection=7 ...Trim id=4 return=0",
            "connection=7 Zero id=5 offset=0x0 count=0x200 trim=1 fua=0 fast=1 ...",
            "connection=7 ...Zero id=5 return=0",
            "connection=7 Cache id=6 offset=0x0 count=0x200 ...",
            "connection=7 ...Cache id=6 return=0",
            "connection=7 Extents id=7 offset=0x0 count=0x200 req_one=1 ...",
            "connection=7 ...Extents id=7 extents=(0x0 0x200 \"hole,zero\") return=0",
            "connection=7 Disconnect transactions=7");
  }

  @Test
  void extentsBeyondTheRangeAreLoggedAndReported() throws Exception {
    Path file = folder.resolve("log");
    Backend below = Backends.of(new ModelDevice(65536)); // one hole
    Filter filter = filter("logfile=" + file);
    filter.start(below, StartContext.NONE);
    BlockDevice device = Chains.open(filter, below);
    Extents extents = new Extents(512, 512, 8).acceptUntil(65536);
    device.extents(512, 512, Flags.NONE, extents);
    assertThat(extents.position()).isEqualTo(65536);
    assertThat(Files.readString(file)).contains("extents=(0x200 0xfe00 \"hole,zero\")");
  }

  @Test
  void failuresAreLoggedWithTheirError() throws Exception {
    Path file = folder.resolve("log");
    Filter filter = filter("logfile=" + file);
    filter.start(disk, StartContext.NONE);
    BlockDevice device = Chains.open(filter, disk);
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new NbdException(NbdError.ENOSPC, "planted");
        };
    assertThatThrownBy(() -> write(device, 0, bytes(1, 16), Flags.NONE)).hasMessage("planted");
    assertThat(Files.readString(file)).contains("...Write id=1 return=-1 error=ENOSPC");
  }

  @Test
  void theFileIsReplacedOrAppendedTo() throws Exception {
    Path file = folder.resolve("log");
    for (int lines : new int[] {1, 1, 2}) {
      Filter filter =
          lines == 2 ? filter("logfile=" + file, "logappend=true") : filter("logfile=" + file);
      filter.start(disk, StartContext.NONE);
      filter.close();
      assertThat(Files.readAllLines(file)).hasSize(lines);
    }
  }

  @Test
  void theScriptSeesEachLineAsVariables() throws Exception {
    Path seen = folder.resolve("seen");
    Filter filter =
        filter("logscript=echo $type $act $connection $id $offset $count $return >> " + seen);
    filter.start(disk, StartContext.NONE);
    BlockDevice device = new LogFilterWithNumber(filter).open();
    read(device, 16, 32);
    assertThat(Files.readAllLines(seen))
        .containsExactly(
            "PRINT Ready", "PRINT Connect 7", "ENTER Read 7 1 0x10 0x20", "LEAVE Read 7 1 0");
  }

  @Test
  void withoutFileAndScriptNoDeviceIsAdded() throws IOException {
    Filter filter = filter();
    filter.start(disk, StartContext.NONE);
    assertThat(Chains.open(filter, disk)).isNotInstanceOf(LogDevice.class);
  }

  private static Filter filter(String... pairs) {
    return Chains.filter(new LogFilterProvider(), pairs);
  }

  /** Opens, as connection 7, an export whose name has a special character of the shell. */
  private final class LogFilterWithNumber {
    private final Filter filter;

    private LogFilterWithNumber(Filter filter) {
      this.filter = filter;
    }

    private BlockDevice open() throws IOException {
      OpenRequest request = new TestSession(7).request("a$b");
      return filter.open(request, disk);
    }
  }
}
