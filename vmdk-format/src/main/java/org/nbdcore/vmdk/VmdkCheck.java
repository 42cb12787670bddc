package org.nbdcore.vmdk;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Checks a disk's own files: headers, tables and grains must be valid, and no two grains may share
 * a position. Reports unused parts of the files. Opens the parents, but does not check them.
 */
public final class VmdkCheck {
  private static final int MAX_SHOWN = 100;
  private static final int MAX_PROBLEMS = 100_000;

  private final boolean repair;
  private final Consumer<String> lines;
  private long grains;
  private long leakedBytes;
  private int problems;
  private int repaired;

  private VmdkCheck(boolean repair, Consumer<String> lines) {
    this.repair = repair;
    this.lines = lines;
  }

  /**
   * The result of a check.
   *
   * @param grains stored grains
   * @param leakedBytes bytes of sparse files that nothing uses
   * @param problems number of problems that remain
   * @param repaired number of problems that were repaired
   */
  public record Result(long grains, long leakedBytes, int problems, int repaired) {}

  /**
   * Checks a disk, which must not be written meanwhile.
   *
   * @param file a descriptor file or a sparse extent with an embedded descriptor
   * @param repair whether to repair grain tables from their copies
   * @param lines receives one line for each problem and each warning
   * @throws VmdkException if the disk cannot be opened
   * @throws IOException if a file cannot be read or written
   */
  public static Result run(FileLocation file, boolean repair, Consumer<String> lines)
      throws IOException {
    VmdkCheck check = new VmdkCheck(repair, lines);
    VmdkInfo info;
    VmdkOptions options = VmdkOptions.defaults().withWarnings(check::warning);
    try (VmdkDisk disk = VmdkDisk.open(file, options)) {
      info = disk.info();
    }
    Set<Object> seen = new HashSet<>();
    DiskLock lock = repair ? DiskLock.acquire(file, lines) : DiskLock.NONE;
    try {
      for (VmdkExtentInfo extent : info.extents()) {
        if (extent.grainSize() > 0 && seen.add(extent.file().key())) {
          check.extent(extent);
        }
      }
    } finally {
      lock.close();
    }
    return new Result(check.grains, check.leakedBytes, check.problems, check.repaired);
  }

  private void warning(String line) {
    if (!line.contains(UncleanCheck.NOT_CLOSED)) { // the check itself reports this
      lines.accept(line);
    }
  }

  private void extent(VmdkExtentInfo extent) throws IOException {
    boolean mend = repair && !extent.compressed() && !extent.type().equals("SESPARSE");
    try (OpenFile file = extent.file().open(mend)) {
      switch (extent.type()) {
        case "SESPARSE" -> new GrainWalk(file, this).seSparse();
        case "VMFSSPARSE" -> tables(file, CowdHeader.read(file));
        default -> {
          SparseHeader header = SparseHeader.read(file, 0);
          if (header.directoryAtEnd()) {
            header = StreamFooter.find(file, header, warning -> {});
          }
          if (header.compressed()) {
            new GrainWalk(file, this).compressed(header);
          } else {
            tables(file, header);
          }
        }
      }
    }
  }

  private void tables(OpenFile file, SparseHeader header) throws IOException {
    new TableCheck(file, header, this, repair).run();
  }

  void problem(String line) throws VmdkException {
    problems++;
    show(line);
    if (problems == MAX_PROBLEMS) {
      throw new VmdkException("more than " + MAX_PROBLEMS + " problems; nothing else is checked");
    }
  }

  void repaired(String line) {
    repaired++;
    show(line + " (repaired)");
  }

  private void show(String line) {
    int shown = problems + repaired;
    if (shown <= MAX_SHOWN) {
      lines.accept(line);
    } else if (shown == MAX_SHOWN + 1) {
      lines.accept("more problems are counted, but not shown");
    }
  }

  void count(long storedGrains, long leaked) {
    grains += storedGrains;
    leakedBytes += leaked;
  }
}
