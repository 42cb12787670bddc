/**
 * VMware virtual disks (VMDK) in pure Java.
 *
 * <p>Start with {@link org.nbdcore.vmdk.VmdkDisk}. The facts come from VMware's technical note
 * "Virtual Disk Format 5.0". The library knows nothing of NBD and has no dependency.
 */
package org.nbdcore.vmdk;
