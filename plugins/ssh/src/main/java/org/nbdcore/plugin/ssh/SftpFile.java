package org.nbdcore.plugin.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.sftp.client.RawSftpClient;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** An open file on the server, with its SSH session. Safe for use by several threads. */
final class SftpFile implements Closeable {

  /** The version that OpenSSH supports. Later versions do not change reads and writes. */
  private static final int SFTP_VERSION = SftpConstants.SFTP_V3;

  private static final Log LOG = Log.of("ssh");

  private final ClientSession session;
  private final SftpClient sftp;
  private final SftpClient.CloseableHandle handle;
  private final String path;
  private final long size;
  private final SftpTransfer transfer;
  private final OpenSSHFsyncExtension fsync;

  private SftpFile(
      ClientSession session, SftpClient sftp, SftpClient.CloseableHandle handle, String path)
      throws IOException {
    this.session = session;
    this.sftp = sftp;
    this.handle = handle;
    this.path = path;
    this.size = sftp.stat(handle).getSize();
    this.transfer = new SftpTransfer((RawSftpClient) sftp, handle.getIdentifier(), path);
    this.fsync = sftp.getExtension(OpenSSHFsyncExtension.class);
  }

  /** Opens a file that is there. */
  static SftpFile open(ClientSession session, String path, boolean readOnly, Log log)
      throws IOException {
    Set<OpenMode> modes =
        readOnly ? EnumSet.of(OpenMode.Read) : EnumSet.of(OpenMode.Read, OpenMode.Write);
    return opened(session, path, modes, null, log);
  }

  /** Creates a file, or replaces it. */
  static SftpFile create(ClientSession session, String path, NewFile created, Log log)
      throws IOException {
    Set<OpenMode> modes =
        EnumSet.of(OpenMode.Read, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
    return opened(session, path, modes, created, log);
  }

  private static SftpFile opened(
      ClientSession session, String path, Set<OpenMode> modes, NewFile created, Log log)
      throws IOException {
    try {
      SftpClient sftp =
          SftpClientFactory.instance()
              .createSftpClient(session, SftpVersionSelector.fixedVersionSelector(SFTP_VERSION));
      SftpClient.CloseableHandle handle = sftp.open(path, modes);
      if (created != null) {
        sftp.setStat(handle, new SftpClient.Attributes().perms(created.mode()));
        resize(sftp, handle, created.size());
      }
      SftpFile file = new SftpFile(session, sftp, handle, path);
      if (log != null) {
        log.debug(
            "opened "
                + path
                + " as "
                + modes
                + ", "
                + file.size
                + " bytes, fsync: "
                + file.canFlush());
      }
      return file;
    } catch (SftpException e) {
      throw failed("cannot open " + path, e);
    } catch (SshException e) {
      throw new NbdException(NbdError.EIO, "the server offers no SFTP: " + e.getMessage(), e);
    }
  }

  private static void resize(SftpClient sftp, SftpClient.Handle handle, long size)
      throws IOException {
    sftp.setStat(handle, new SftpClient.Attributes().size(size));
    if (sftp.stat(handle).getSize() < size) { // some servers make files only shorter
      sftp.write(handle, size - 1, new byte[1]);
    }
  }

  /** A status of the server as an error of NBD. */
  static NbdException failed(String what, SftpException status) {
    NbdError error =
        switch (status.getStatus()) {
          case SftpConstants.SSH_FX_PERMISSION_DENIED -> NbdError.EPERM;
          case SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, SftpConstants.SSH_FX_QUOTA_EXCEEDED ->
              NbdError.ENOSPC;
          default -> NbdError.EIO;
        };
    return new NbdException(error, what + ": " + status.getMessage(), status);
  }

  long size() {
    return size;
  }

  boolean canFlush() {
    return fsync != null && fsync.isSupported();
  }

  void read(ByteBuffer dst, long offset) throws IOException {
    transfer.read(dst, offset);
  }

  void write(ByteBuffer src, long offset) throws IOException {
    transfer.write(src, offset);
  }

  void flush() throws IOException {
    try {
      fsync.fsync(handle);
    } catch (SftpException e) {
      throw failed("cannot flush " + path, e);
    }
  }

  /** Never fails: if the connection is lost, the server has closed the file already. */
  @Override
  public void close() {
    try (session;
        sftp) {
      if (sftp.isOpen()) {
        handle.close();
      }
    } catch (IOException e) {
      LOG.debug("closing " + path + ": " + e.getMessage());
    }
  }
}
