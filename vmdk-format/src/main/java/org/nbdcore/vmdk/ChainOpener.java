package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Opens a disk and its chain of parents, child first. */
final class ChainOpener {
  /** VMware's products allow at most 32 snapshots. */
  private static final int MAX_LINKS = 64;

  private final OpenFiles files;
  private final Shared shared;
  private final List<DescriptorSource> chain = new ArrayList<>();
  private final Set<String> warned = new HashSet<>();
  private final Consumer<String> warnings;

  private final boolean writable;
  private final boolean singleLink;

  ChainOpener(OpenFiles files, Shared shared, VmdkOptions options) {
    this.warnings = options.warnings();
    this.writable = options.writable();
    this.singleLink = options.singleLink();
    this.files = files;
    this.shared = shared;
  }

  /**
   * Result of {@link #open}.
   *
   * @param writer null if the disk is open for reading only
   */
  record Opened(Link link, VmdkInfo info, DiskWriter writer) {}

  Opened open(FileLocation path) throws IOException {
    readChain(path);
    Link link = null;
    List<VmdkExtentInfo> extents = List.of();
    DiskWriter writer = null;
    for (int i = chain.size() - 1;
        i >= 0;
        i--) { // the base first, because a child needs its parent
      boolean written = writable && i == 0;
      ExtentOpener opener = new ExtentOpener(chain.get(i), files, shared, this::warn, written);
      link = opener.open(link);
      extents = opener.infos();
      writer = written ? opener.writer() : null;
    }
    return new Opened(link, info(extents), writer);
  }

  private void readChain(FileLocation path) throws IOException {
    Set<Object> seen = new HashSet<>();
    FileLocation next = path;
    while (next != null) {
      if (!seen.add(next.key())) {
        throw new VmdkException(
            next + ": is its own ancestor: its parentFileNameHint leads back to it");
      }
      if (chain.size() == MAX_LINKS) {
        throw VmdkException.bad(
            path, "the length of its chain of parents", "more than " + MAX_LINKS, "at most that");
      }
      chain.add(read(next));
      next = parentOfLast();
    }
  }

  /** A parent is read twice; report each of its problems only once. */
  private DescriptorSource read(FileLocation path) throws IOException {
    return DescriptorSource.read(path, this::warn);
  }

  private void warn(String warning) {
    if (warned.add(warning)) {
      warnings.accept(warning);
    }
  }

  private DescriptorSource readParent(FileLocation parent, Descriptor child) throws IOException {
    try {
      return read(parent);
    } catch (FileSystemException e) {
      throw VmdkException.cannotOpen(child.file(), "parent", parent, e);
    } catch (VmdkException e) {
      throw e.ledTo("the parent of", child.file());
    }
  }

  private FileLocation parentOfLast() throws IOException {
    Descriptor child = chain.get(chain.size() - 1).descriptor();
    long expected = child.parentContentId();
    if (expected == Descriptor.NO_PARENT) {
      return null;
    }
    if (singleLink) {
      refuseWriting(child);
      return null;
    }
    FileLocation parent = parentPath(child);
    long actual = readParent(parent, child).descriptor().contentId();
    if (actual != expected) {
      throw VmdkException.bad(
          parent,
          "CID",
          String.format(Locale.ROOT, "%08x", actual),
          String.format(
              Locale.ROOT,
              "%08x, the parentCID of %s (was the parent changed after the snapshot?)",
              expected,
              child.file()));
    }
    return parent;
  }

  /** Requires the parent: a write of a part of a grain fills the rest of the grain from there. */
  private void refuseWriting(Descriptor child) throws ReadOnlyDiskException {
    if (writable) {
      throw new ReadOnlyDiskException(
          child.file() + ": is the child of another disk; it cannot be written without that disk");
    }
  }

  /**
   * Returns the hint as written or, if the disks were moved since, a file of the same name beside
   * the child.
   */
  private static FileLocation parentPath(Descriptor child) throws IOException {
    String hint = child.attribute("parentFileNameHint");
    if (hint.isEmpty()) {
      throw VmdkException.bad(
          child.file(), "parentFileNameHint", "missing", "the file that parentCID speaks of");
    }
    Refusals.checkFileName(child.file(), "parent", hint);
    String name = hint.substring(Math.max(hint.lastIndexOf('/'), hint.lastIndexOf('\\')) + 1);
    FileLocation asWritten = child.file().sibling(hint);
    if (asWritten.exists()) {
      return asWritten;
    }
    if (!name.isEmpty() && child.file().sibling(name).exists()) {
      return child.file().sibling(name);
    }
    throw new VmdkException(
        child.file()
            + ": its parent '"
            + VmdkException.shortened(hint)
            + "' does not exist, neither there nor beside the child");
  }

  private VmdkInfo info(List<VmdkExtentInfo> extents) throws VmdkException {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    List<FileLocation> parents = new ArrayList<>();
    for (int i = chain.size() - 1; i >= 0; i--) {
      Descriptor descriptor = chain.get(i).descriptor();
      all.keySet()
          .removeIf(
              key ->
                  !key.regionMatches(
                      true, 0, "ddb.", 0, 4)); // a child inherits only the disk database
      all.putAll(descriptor.attributes());
      if (i > 0) {
        parents.add(0, descriptor.file());
      }
    }
    String uuid = all.getOrDefault("ddb.uuid", all.getOrDefault("ddb.uuid.image", ""));
    return new VmdkInfo(
        all.getOrDefault("createType", ""),
        all.getOrDefault("ddb.adapterType", ""),
        all.getOrDefault("ddb.virtualHWVersion", ""),
        String.format(Locale.ROOT, "%08x", chain.get(0).descriptor().contentId()),
        uuid,
        geometry(all),
        extents,
        List.copyOf(parents),
        Collections.unmodifiableMap(all));
  }

  private static VmdkGeometry geometry(Map<String, String> attributes) {
    try {
      return new VmdkGeometry(
          Long.parseLong(attributes.getOrDefault("ddb.geometry.cylinders", "")),
          Long.parseLong(attributes.getOrDefault("ddb.geometry.heads", "")),
          Long.parseLong(attributes.getOrDefault("ddb.geometry.sectors", "")));
    } catch (NumberFormatException e) {
      return null; // no read depends on it
    }
  }
}
