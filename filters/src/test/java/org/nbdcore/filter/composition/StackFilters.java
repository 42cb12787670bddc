package org.nbdcore.filter.composition;

import static org.nbdcore.filter.composition.StackFilter.oneOf;
import static org.nbdcore.filter.composition.StackFilter.plain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nbdcore.filter.blocksize.BlocksizeFilterProvider;
import org.nbdcore.filter.blocksizepolicy.BlocksizePolicyFilterProvider;
import org.nbdcore.filter.cache.CacheFilterProvider;
import org.nbdcore.filter.cacheextents.CacheextentsFilterProvider;
import org.nbdcore.filter.composition.StackFilter.Keeps;
import org.nbdcore.filter.composition.StackFilter.Picked;
import org.nbdcore.filter.count.CountFilterProvider;
import org.nbdcore.filter.cow.CowFilterProvider;
import org.nbdcore.filter.ddrescue.DdrescueFilterProvider;
import org.nbdcore.filter.delay.DelayFilterProvider;
import org.nbdcore.filter.error.ErrorFilterProvider;
import org.nbdcore.filter.evil.EvilFilterProvider;
import org.nbdcore.filter.exitlast.ExitlastFilterProvider;
import org.nbdcore.filter.exitwhen.ExitwhenFilterProvider;
import org.nbdcore.filter.exportname.ExportnameFilterProvider;
import org.nbdcore.filter.extentlist.ExtentlistFilterProvider;
import org.nbdcore.filter.fua.FuaFilterProvider;
import org.nbdcore.filter.limit.LimitFilterProvider;
import org.nbdcore.filter.log.LogFilterProvider;
import org.nbdcore.filter.multiconn.MultiConnFilterProvider;
import org.nbdcore.filter.nocache.NocacheFilterProvider;
import org.nbdcore.filter.noextents.NoextentsFilterProvider;
import org.nbdcore.filter.nofilter.NofilterFilterProvider;
import org.nbdcore.filter.noparallel.NoparallelFilterProvider;
import org.nbdcore.filter.nozero.NozeroFilterProvider;
import org.nbdcore.filter.offset.OffsetFilterProvider;
import org.nbdcore.filter.openonce.OpenonceFilterProvider;
import org.nbdcore.filter.pause.PauseFilterProvider;
import org.nbdcore.filter.protect.ProtectFilterProvider;
import org.nbdcore.filter.rate.RateFilterProvider;
import org.nbdcore.filter.readahead.ReadaheadFilterProvider;
import org.nbdcore.filter.readonly.ReadonlyFilterProvider;
import org.nbdcore.filter.retry.RetryFilterProvider;
import org.nbdcore.filter.retryrequest.RetryRequestFilterProvider;
import org.nbdcore.filter.rotational.RotationalFilterProvider;
import org.nbdcore.filter.scan.ScanFilterProvider;
import org.nbdcore.filter.spinning.SpinningFilterProvider;
import org.nbdcore.filter.stats.StatsFilterProvider;
import org.nbdcore.filter.swab.SwabFilterProvider;
import org.nbdcore.filter.timelimit.TimeLimitFilterProvider;
import org.nbdcore.filter.truncate.TruncateFilterProvider;

/** All filters that do not corrupt data on purpose, with typical parameters. */
final class StackFilters {

  private StackFilters() {}

  /** All of them; files go to {@code folder}. */
  static List<StackFilter> all(Path folder) {
    return List.of(
        oneOf(
            BlocksizeFilterProvider::new,
            "minblock=4K",
            "minblock=512 maxdata=8K",
            "minblock=1K maxlen=16K",
            "maxdata=32K maxlen=32K"),
        oneOf(
            BlocksizePolicyFilterProvider::new,
            "blocksize-preferred=8K",
            "blocksize-minimum=4K blocksize-error-policy=error",
            "blocksize-minimum=4K blocksize-error-policy=strict-error blocksize-maximum=8K"),
        oneOf(
            CacheFilterProvider::new,
            "cache-min-block-size=4K",
            "cache=writethrough cache-on-read=true",
            "cache-min-block-size=8K cache-max-size=40K",
            "cache=writethrough cache-min-block-size=4K cache-max-size=32K cache-on-read=true"),
        oneOf(
                CacheFilterProvider::new,
                "cache=unsafe cache-min-block-size=4K",
                "cache=unsafe cache-min-block-size=4K cache-max-size=32K")
            .keeping(Keeps.ABOVE),
        plain(CacheextentsFilterProvider::new),
        plain(CountFilterProvider::new),
        oneOf(
                CowFilterProvider::new,
                "cow-block-size=4K",
                "cow-block-size=16K cow-on-read=true",
                "cow-on-cache=true")
            .keeping(Keeps.ABOVE),
        plain(
            DdrescueFilterProvider::new,
            "ddrescue-mapfile=" + file(folder, "map", "0x0 +\n0x0 0x40000000 +\n")),
        plain(DelayFilterProvider::new, "rdelay=1ms", "wdelay=1ms", "delay-extents=1ms"),
        plain(ErrorFilterProvider::new, "error-rate=1", "error-file=" + folder.resolve("never")),
        plain(ExitlastFilterProvider::new),
        plain(EvilFilterProvider::new, "evil-probability=0"),
        plain(ExitwhenFilterProvider::new, "exit-when-file-created=" + folder.resolve("never")),
        plain(ExportnameFilterProvider::new, "default-export=disk"),
        plain(ExtentlistFilterProvider::new, "extentlist=" + file(folder, "list", "0 1G\n")),
        oneOf(
            FuaFilterProvider::new,
            "fua-mode=none",
            "fua-mode=emulate",
            "fua-mode=pass flush-on-close=false"),
        plain(FuaFilterProvider::new, "fua-mode=discard").keeping(Keeps.BELOW),
        plain(LimitFilterProvider::new, "limit=2"),
        plain(LogFilterProvider::new, "logfile=" + folder.resolve("log"), "logappend=true"),
        oneOf(
            MultiConnFilterProvider::new,
            "",
            "multi-conn-mode=disable",
            "multi-conn-track-dirty=fast",
            "multi-conn-track-dirty=off multi-conn-exportname=true"),
        oneOf(NocacheFilterProvider::new, "", "cache-mode=nop", "cache-mode=emulate"),
        plain(NoextentsFilterProvider::new),
        plain(NofilterFilterProvider::new),
        oneOf(NoparallelFilterProvider::new, "", "serialize=all-requests", "serialize=connections"),
        oneOf(NozeroFilterProvider::new, "", "zero-mode=emulate fast-zero-mode=ignore"),
        new StackFilter(OffsetFilterProvider::new, StackFilters::offset),
        plain(OpenonceFilterProvider::new),
        new StackFilter(PauseFilterProvider::new, (random, size) -> pause(folder, random)),
        plain(ProtectFilterProvider::new, "protect=1000000-2000000"),
        plain(RateFilterProvider::new, "rate=1T"),
        plain(ReadaheadFilterProvider::new),
        plain(ReadonlyFilterProvider::new, "readonly-file=" + folder.resolve("never")),
        plain(RetryFilterProvider::new),
        plain(RetryRequestFilterProvider::new),
        plain(RotationalFilterProvider::new),
        oneOf(ScanFilterProvider::new, "scan-size=16K", "scan-size=8K scan-forever=true"),
        plain(SpinningFilterProvider::new),
        plain(StatsFilterProvider::new, "statsfile=" + folder.resolve("stats")),
        new StackFilter(SwabFilterProvider::new, StackFilters::swab),
        plain(TimeLimitFilterProvider::new, "time-limit=1000"),
        new StackFilter(TruncateFilterProvider::new, StackFilters::truncate));
  }

  private static Path file(Path folder, String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each filter has its own socket. */
  private static Picked pause(Path folder, Random random) {
    Path socket = folder.resolve(Long.toHexString(random.nextLong()));
    return new Picked(List.of("pause-control=" + socket), below -> below, Keeps.DURABLY_BELOW);
  }

  private static Picked offset(Random random, int size) {
    int blocks = size / Stack.BLOCK;
    int first = random.nextInt(Math.min(3, blocks));
    int count = blocks - first - random.nextInt(Math.min(3, blocks - first));
    int start = first * Stack.BLOCK;
    int end = start + count * Stack.BLOCK;
    return new Picked(
        List.of("offset=" + start, "range=" + (end - start)),
        below -> Arrays.copyOfRange(below, start, end),
        Keeps.DURABLY_BELOW);
  }

  private static Picked truncate(Random random, int size) {
    int blocks = size / Stack.BLOCK;
    int end = (blocks - random.nextInt(Math.min(3, blocks))) * Stack.BLOCK;
    return new Picked(
        List.of("truncate=" + end), below -> Arrays.copyOf(below, end), Keeps.DURABLY_BELOW);
  }

  private static Picked swab(Random random, int size) {
    int word = 2 << random.nextInt(3);
    return new Picked(
        List.of("swab-bits=" + word * 8),
        below -> {
          byte[] swapped = new byte[below.length];
          for (int i = 0; i < swapped.length; i++) {
            swapped[i] = below[i ^ (word - 1)];
          }
          return swapped;
        },
        Keeps.DURABLY_BELOW);
  }
}
