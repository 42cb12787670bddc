package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.cli.InProcess;

/**
 * Common clients, on several connections, with every filter that leaves a disk that can be copied.
 * Left out are the filters that exist to break something ({@code error}, {@code evil}, {@code
 * ddrescue}, {@code checkwrite}, {@code protect}, {@code readonly}), to change what the disk holds
 * ({@code partition}, {@code extentlist}, {@code tls-fallback}), or to keep clients away or end the
 * server ({@code ip}, {@code limit}, {@code time-limit}, {@code exitlast}, {@code exitwhen}).
 */
@Tag("heavy")
class FilterClientsIT {

  private static final int SIZE = 4 << 20;

  /** nbdcopy there and back, qemu-img back, the map adds up, fio verifies what its 4 jobs wrote. */
  private static final String CLIENTS =
      """
      set -e
      cd "$folder"
      truncate -s "$(nbdinfo --size "$uri")" original
      nbdcopy --connections=4 original "$uri"
      nbdcopy --connections=4 "$uri" copy
      cmp original copy
      qemu-img convert -f raw -O raw "$uri" converted
      cmp original converted
      nbdinfo --map "$uri" | awk '{ if ($1 != at) exit 1; at += $2 } END { print at }' >mapped
      test "$(cat mapped)" = "$(nbdinfo --size "$uri")"
      fio --name=verify --ioengine=nbd --uri="$uri" --rw=randwrite --bs=4k --size=512k --numjobs=4 \\
        --offset_increment=512k --iodepth=8 --thread --verify=crc32c --verify_fatal=1 >fio.out
      ! grep -E 'verify: bad|err= *[1-9]' fio.out
      """;

  @TempDir Path folder;

  @BeforeEach
  void makeADiskOfDataAndHoles() throws IOException {
    byte[] bytes = new byte[SIZE];
    Random random = new Random(5);
    for (int at = 0; at < SIZE; at += 1 << 18) {
      byte[] data = new byte[random.nextInt(1 << 18)];
      random.nextBytes(data);
      System.arraycopy(data, 0, bytes, at, data.length);
    }
    Files.write(folder.resolve("original"), bytes);
    Files.writeString(folder.resolve("clients.sh"), CLIENTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blocksize minblock=4K maxdata=64K maxlen=1M",
        "blocksize-policy blocksize-preferred=64K blocksize-maximum=1M",
        "cache cache-max-size=2M cache-on-read=true",
        "cache cache=writethrough",
        "cacheextents",
        "count",
        "cow cow-on-read=true",
        "delay rdelay=1ms wdelay=1ms",
        "exportname default-export=one",
        "fua fua-mode=emulate",
        "fua fua-mode=force",
        "log logfile={folder}/log",
        "multi-conn multi-conn-mode=emulate",
        "nocache",
        "noextents",
        "nofilter",
        "noparallel serialize=all-requests",
        "nozero zero-mode=emulate",
        "nozero",
        "offset offset=64K",
        "openonce",
        "pause pause-control={folder}/control",
        "rate rate=10G",
        "readahead",
        "retry",
        "retry-request",
        "rotational",
        "scan",
        "spinning min-seek-time=1ms half-seek-time=2ms max-seek-time=3ms",
        "stats statsfile={folder}/stats",
        "truncate truncate=3M",
      })
  void clientsReadBackWhatTheyWrote(String filter) throws IOException {
    List<String> words =
        new ArrayList<>(List.of(filter.replace("{folder}", "" + folder).split(" ")));
    words.set(0, "--filter=" + words.get(0));
    words.addAll(0, List.of("-U", "-", "memory", "size=4M"));
    words.add("--run");
    words.add(
        "export uri folder=%s PATH=%s; exec sh %s/clients.sh >%s/said 2>&1"
            .formatted(folder, Client.PATH, folder, folder));
    InProcess.ProgramResult result = InProcess.run(words);
    assertThat(result.status())
        .as("%s%n%s", result.output(), Files.readString(folder.resolve("said")))
        .isZero();
  }
}
