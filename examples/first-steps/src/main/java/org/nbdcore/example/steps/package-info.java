/** Three plugins, each adding one idea to the one before it. */
package org.nbdcore.example.steps;
