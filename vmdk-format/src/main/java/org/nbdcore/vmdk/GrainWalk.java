package org.nbdcore.vmdk;

import java.io.IOException;

/**
 * Checks extents whose tables have no copy: seSparse and compressed extents. Reads all data of the
 * latter.
 */
final class GrainWalk {
  private final OpenFile file;
  private final VmdkCheck check;

  GrainWalk(OpenFile file, VmdkCheck check) {
    this.file = file;
    this.check = check;
  }

  void compressed(SparseHeader header) throws IOException {
    GrainMap map = new GrainMap(file, header, new TablePages());
    int grainBytes = (int) header.grainBytes();
    try (GrainDecoder decoder = new GrainDecoder()) {
      walk(
          map,
          header.capacity(),
          header.grainSize(),
          (grain, position) -> {
            long left = (header.capacity() - grain * header.grainSize()) * SparseHeader.SECTOR;
            int n = (int) Math.min(grainBytes, left);
            DirectMemory memory = decoder.memory(grainBytes);
            decoder.decode(file, position, grain * header.grainSize(), grainBytes, memory, n);
          });
    }
  }

  void seSparse() throws IOException {
    SeSparseHeader header = SeSparseHeader.read(file);
    SeSparseMap map = new SeSparseMap(file, header, new TablePages());
    walk(map, header.capacity(), header.grainSize(), (grain, position) -> {});
  }

  /** Checks a stored grain. */
  private interface Visitor {
    void visit(long grain, long position) throws IOException;
  }

  private void walk(GrainLocator map, long capacity, long grainSize, Visitor visitor)
      throws IOException {
    UsedRanges used = new UsedRanges(file.size() / SparseHeader.SECTOR + 1);
    long stored = 0;
    long grains = capacity / grainSize + (capacity % grainSize == 0 ? 0 : 1);
    for (long grain = 0; grain < grains; ) {
      long empty = map.grainsWithoutTable(grain);
      if (empty > 0) {
        grain += empty;
        continue;
      }
      try {
        long position = map.locate(grain);
        if (position > 0) {
          stored++;
          used.add(
              position / SparseHeader.SECTOR,
              1); // one sector is enough: grains overlap only if they start at one position
          visitor.visit(grain, position);
        }
      } catch (VmdkException e) {
        check.problem(e.getMessage());
      }
      grain++;
    }
    used.sweep(
        0,
        sector -> check.problem(file.location() + ": two grains are stored at sector " + sector));
    check.count(stored, 0);
  }
}
