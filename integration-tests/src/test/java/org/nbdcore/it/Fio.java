package org.nbdcore.it;

import java.util.ArrayList;
import java.util.List;

/** Arguments of fio, which reads and writes at random offsets, and verifies what it wrote. */
final class Fio {

  private Fio() {}

  /** One job, of which the caller sets the sizes. */
  static String[] job(String uri, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--name=it",
                "--ioengine=nbd",
                "--uri=" + uri,
                "--rw=randrw",
                "--verify=crc32c",
                "--verify_fatal=1"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Four jobs at once, in 64 MiB each. */
  static String[] fourJobs(String uri, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--bsrange=512-256k",
                "--blockalign=512",
                "--iodepth=16",
                "--numjobs=4",
                "--thread",
                "--size=64m",
                "--offset_increment=64m",
                "--verify_backlog=64",
                "--group_reporting"));
    arguments.addAll(List.of(more));
    return job(uri, arguments.toArray(String[]::new));
  }
}
