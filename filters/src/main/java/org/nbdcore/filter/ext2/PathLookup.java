package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Zeroes;

/** Finds a file by its path, and follows symbolic links. */
final class PathLookup {

  private static final int MAX_LINKS = 40;
  private static final int LONGEST = 4096;

  private final FileSystem fileSystem;
  private final Session session;
  private final Deque<Inode> directories = new ArrayDeque<>();
  private final Deque<String> names = new ArrayDeque<>();
  private int links;

  PathLookup(FileSystem fileSystem, Session session) {
    this.fileSystem = fileSystem;
    this.session = session;
  }

  /** The file of a path, which must be a regular file. */
  Inode find(String path) throws IOException {
    push(path);
    directories.push(new Inode(fileSystem, Inode.ROOT));
    Inode inode = directories.peek();
    while (!names.isEmpty()) {
      String name = names.pop();
      if (!inode.isDirectory()) {
        throw refused("'" + path + "' has a slash after a part that is no directory");
      }
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        if (directories.size() > 1) {
          directories.pop();
        }
        inode = directories.peek();
        continue;
      }
      inode = step(name, path);
    }
    if (!inode.isFile()) {
      throw refused("ext2file must be a regular file, which '" + path + "' is not");
    }
    return inode;
  }

  /** Enters a directory, follows a link, or finds a file. */
  private Inode step(String name, String path) throws IOException {
    Inode directory = directories.peek();
    long number = new Directory(directory).find(FileNames.encode(name), session);
    if (number == 0) {
      throw refused("the file system has no '" + path + "': there is no '" + name + "'");
    }
    Inode inode = new Inode(fileSystem, number);
    if (inode.isLink()) {
      follow(inode, path);
      return directories.peek();
    }
    if (inode.isDirectory()) {
      directories.push(inode);
    }
    return inode;
  }

  private void follow(Inode link, String path) throws IOException {
    links++;
    if (links > MAX_LINKS) {
      throw refused("'" + path + "' has more than " + MAX_LINKS + " symbolic links");
    }
    String target = target(link);
    if (target.startsWith("/")) {
      while (directories.size() > 1) {
        directories.pop();
      }
    }
    push(target);
  }

  private void push(String path) throws NbdException {
    if (path.length() > LONGEST) {
      throw refused("a path has more than " + LONGEST + " characters");
    }
    String[] parts = path.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      names.push(parts[i]);
    }
  }

  private String target(Inode link) throws IOException {
    if (link.size() > LONGEST) {
      throw FileSystem.damaged("symbolic link " + link.number() + " has " + link.size() + " bytes");
    }
    ByteBuffer target = ByteBuffer.allocate((int) link.size());
    if (link.isInline()) {
      new InlineData(link).read(target, 0);
    } else if (link.size() < Inode.MAP_LENGTH) {
      target.put(link.bytes().slice(Inode.MAP, (int) link.size()));
    } else {
      readBlocks(link, target);
    }
    return FileNames.decode(target.array());
  }

  private void readBlocks(Inode link, ByteBuffer dst) throws IOException {
    for (long at = 0; dst.hasRemaining(); at++) {
      Run run = link.map().find(at, 1);
      int length = Math.min(dst.remaining(), fileSystem.blockSize());
      if (run.isData()) {
        dst.put(fileSystem.block(run.physical(), "a symbolic link").slice(0, length));
      } else {
        Zeroes.fill(dst, dst.position(), length);
        dst.position(dst.position() + length);
      }
    }
  }

  private static NbdException refused(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
