<?php

return (new PhpCsFixer\Config())
    ->setRiskyAllowed(true)
    ->setRules(['@PSR12' => true, 'declare_strict_types' => true, 'no_unused_imports' => true, 'strict_comparison' => true])
    ->setFinder((new PhpCsFixer\Finder())->in(__DIR__)->name('*.php'));
