import { mount } from 'svelte';
import '../app.css';
import '../forms/forms.css';
import Docs from './Docs.svelte';

const target = document.getElementById('page');
if (target) mount(Docs, { target });
