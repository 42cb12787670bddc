package org.nbdcore.plugin.vddk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.OpenFile;
import org.nbdcore.vsphere.DatastoreFiles;

/** A file of a datastore, read over HTTPS. */
final class DatastoreLocation implements FileLocation {

  private static final String VOLUMES = "/vmfs/volumes/";

  private final DatastoreFiles files;
  private final HttpsCalls calls;
  private final String datacenter;

  /** In the form {@code [datastore] folder/name}. */
  private final String path;

  /** The files of the disk with the server's names, to resolve absolute names in descriptors. */
  private final List<String> chain;

  DatastoreLocation(
      DatastoreFiles files, HttpsCalls calls, String datacenter, String path, List<String> chain) {
    this.files = files;
    this.calls = calls;
    this.datacenter = datacenter;
    this.path = path;
    this.chain = chain;
  }

  @Override
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public FileLocation sibling(String name) {
    if (name.startsWith(VOLUMES)) {
      return with(ofVolume(name));
    }
    int folder = Math.max(path.lastIndexOf('/'), path.indexOf(']') + 1);
    return with(path.substring(0, folder + 1) + name);
  }

  /**
   * Resolves a path with the UUID of a volume, which only the server can map to a datastore's name.
   */
  private String ofVolume(String name) {
    int slash = name.indexOf('/', VOLUMES.length());
    if (slash < 0) {
      return path.substring(0, path.indexOf(']') + 1) + " " + name;
    }
    String volume = name.substring(VOLUMES.length(), slash);
    String rest = name.substring(slash + 1);
    for (String known : chain) {
      if (known.endsWith("] " + rest)) {
        return known;
      }
    }
    return (path.startsWith("[" + volume + "]")
            ? "[" + volume + "]"
            : path.substring(0, path.indexOf(']') + 1))
        + " "
        + rest;
  }

  private DatastoreLocation with(String other) {
    return new DatastoreLocation(files, calls, datacenter, other, chain);
  }

  @Override
  public boolean exists() throws IOException {
    try {
      size();
      return true;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  @Override
  public Object key() {
    return path;
  }

  @Override
  public OpenFile open(boolean writable) throws IOException {
    if (writable) {
      throw readOnly();
    }
    try {
      return new DatastoreFile(this, size(), calls);
    } catch (FileNotFoundException e) {
      throw (IOException) new NoSuchFileException(path).initCause(e);
    }
  }

  @Override
  public OpenFile create() throws IOException {
    throw readOnly();
  }

  @Override
  public void delete() throws IOException {
    throw readOnly();
  }

  IOException readOnly() {
    return new IOException("'" + path + "': files of a datastore are only read over HTTPS");
  }

  private long size() throws IOException {
    long start = System.nanoTime();
    boolean answered = false;
    try {
      long size = files.size(datacenter, path);
      answered = true;
      return size;
    } catch (FileNotFoundException e) {
      answered = true;
      throw e;
    } finally {
      calls.ended(HttpsCalls.Kind.SIZE, start, !answered);
    }
  }

  void read(ByteBuffer dst, long position) throws IOException {
    long start = System.nanoTime();
    boolean done = false;
    try {
      files.read(datacenter, path, position, dst);
      done = true;
    } finally {
      calls.ended(HttpsCalls.Kind.READ, start, !done);
    }
  }

  @Override
  public String toString() {
    return path;
  }
}
