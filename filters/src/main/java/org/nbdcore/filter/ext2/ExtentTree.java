package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.nbdcore.filter.ext2.ExtentNode.Entry;

/** The extent tree of ext4, which maps the blocks of a file. */
final class ExtentTree implements BlockMap {

  /** A node whose second half was moved to another node. The copy on the disk still contains it. */
  private record Shortened(ExtentNode node, List<Entry> entries) {}

  /**
   * A change that is not complete.
   *
   * @param created blocks of new nodes; no old node refers to them
   */
  private record Change(Deque<Shortened> shortened, List<Long> created) {}

  private final Inode inode;

  ExtentTree(Inode inode) {
    this.inode = inode;
  }

  @Override
  public Run find(long logical, long limit) throws IOException {
    long end = logical + limit;
    ExtentNode node = ExtentNode.root(inode);
    int index = node.indexOf(logical);
    while (node.depth() > 0) {
      end = end(node, index, end);
      if (index < 0) {
        return Run.hole(logical, end);
      }
      node = node.child(index);
      index = node.indexOf(logical);
    }
    end = end(node, index, end);
    long skip = index < 0 ? 0 : logical - node.logical(index);
    if (index < 0 || skip >= node.length(index)) {
      return Run.hole(logical, end);
    }
    long length = Math.min(end - logical, node.length(index) - skip);
    return new Run(logical, length, node.physical(index) + skip, node.unwritten(index));
  }

  private static long end(ExtentNode node, int index, long end) {
    return index + 1 < node.count() ? Math.min(end, node.logical(index + 1)) : end;
  }

  @Override
  public void set(long logical, int count, long physical) throws IOException {
    Change change = new Change(new ArrayDeque<>(), new ArrayList<>());
    try {
      insert(ExtentNode.root(inode), new Entry(logical, count, false, physical), change);
    } catch (BlockAllocator.NoFreeBlocksException e) {
      for (long block : change.created()) {
        new BlockAllocator(inode).free(new BlockAllocator.Blocks(block, 1));
      }
      throw e;
    }
    // Only now, from the root downwards: until then, the old nodes still contain everything.
    for (Shortened node : change.shortened()) {
      node.node().write(node.node().depth(), node.entries());
    }
  }

  /** Adds an extent to a subtree; returns the entry of a new node beside it, or null. */
  private Entry insert(ExtentNode node, Entry added, Change change) throws IOException {
    List<Entry> entries = node.entries();
    if (node.depth() == 0) {
      return store(node, merge(entries, added), change);
    }
    int index = Math.max(0, node.indexOf(added.logical()));
    Entry child = entries.get(index);
    Entry beside = insert(node.child(index), added, change);
    boolean earlier = added.logical() < child.logical();
    if (earlier) {
      entries.set(index, new Entry(added.logical(), 0, false, child.physical()));
    }
    if (beside != null) {
      entries.add(index + 1, beside);
    }
    return earlier || beside != null ? store(node, entries, change) : null;
  }

  private Entry store(ExtentNode node, List<Entry> entries, Change change) throws IOException {
    if (entries.size() <= node.capacity()) {
      node.write(node.depth(), entries);
      return null;
    }
    if (node.isRoot()) {
      if (node.depth() == ExtentNode.MAX_LEVELS) {
        throw FileSystem.damaged("the extent tree of inode " + inode.number() + " is too deep");
      }
      Entry only = create(node.depth(), entries, change);
      node.write(node.depth() + 1, List.of(only));
      return null;
    }
    int half = entries.size() / 2;
    change.shortened().push(new Shortened(node, List.copyOf(entries.subList(0, half))));
    return create(node.depth(), entries.subList(half, entries.size()), change);
  }

  private Entry create(int depth, List<Entry> entries, Change change) throws IOException {
    long goal = depth == 0 ? entries.get(0).physical() : inode.groupStart();
    long block = new BlockAllocator(inode).allocate(goal, 1).start();
    change.created().add(block);
    ExtentNode.create(inode, block).write(depth, entries);
    return new Entry(entries.get(0).logical(), 0, false, block);
  }

  /** Adds an extent, which replaces unwritten ones, and merges contiguous extents. */
  private static List<Entry> merge(List<Entry> entries, Entry added) {
    List<Entry> parts = new ArrayList<>();
    parts.add(added);
    for (Entry entry : entries) {
      addPart(parts, entry, entry.logical(), Math.min(entry.end(), added.logical()));
      addPart(parts, entry, Math.max(entry.logical(), added.end()), entry.end());
    }
    parts.sort(Comparator.comparingLong(Entry::logical));
    List<Entry> merged = new ArrayList<>();
    for (Entry part : parts) {
      int last = merged.size() - 1;
      if (last >= 0 && continues(merged.get(last), part)) {
        Entry before = merged.get(last);
        int length = before.length() + part.length();
        merged.set(
            last, new Entry(before.logical(), length, before.unwritten(), before.physical()));
      } else {
        merged.add(part);
      }
    }
    return merged;
  }

  private static void addPart(List<Entry> parts, Entry entry, long start, long end) {
    if (start < end) {
      long physical = entry.physical() + start - entry.logical();
      parts.add(new Entry(start, (int) (end - start), entry.unwritten(), physical));
    }
  }

  private static boolean continues(Entry before, Entry next) {
    int most = before.unwritten() ? ExtentNode.MAX_UNWRITTEN : ExtentNode.MAX_WRITTEN;
    return before.unwritten() == next.unwritten()
        && before.end() == next.logical()
        && before.physical() + before.length() == next.physical()
        && before.length() + next.length() <= most;
  }
}
