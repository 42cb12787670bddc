/**
 * Serves VMware disks with VMware's library VDDK, through JNA. Without VDDK, it serves local VMDK
 * files with {@code vmdk-format}.
 *
 * <p>From the command line inwards: {@link org.nbdcore.plugin.vddk.VddkPluginProvider} declares
 * {@code VddkParameters}, read into a {@code VddkConfig}; {@code LibraryLoader} finds and loads the
 * library; {@code VddkProcess} keeps the one {@code Vddk} of the process; {@code VddkPlugin} opens
 * a {@code VddkDevice} for each client on a {@code VddkHandle}.
 */
package org.nbdcore.plugin.vddk;
